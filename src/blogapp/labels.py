"""How tags are written: which spellings are the same tag, its address, and what a post's row holds of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple

import orjson

from blogapp.text import SLUG_LENGTH, address, clean_line, visible

LONGEST = 50
"""Characters of a tag."""
MOST = 10
"""Tags of a post."""
SEPARATORS = ",\uff0c\u3001\u060c"
"""Commas of Latin, Chinese, Japanese and Arabic keyboards."""
HIDDEN = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Turn the direction of what stands around them, or show nothing. Inside a class of a regular expression."""
JOINERS = "\u200c\u200d\ufe0e\ufe0f"
"""Needed between letters and in emoji; alone they are nothing."""

_HIDDEN = re.compile(f"[{HIDDEN}]")
_ACCENTS = re.compile("([\0-\u03ff])[\u0300-\u036f]+")
"""Of Latin and Greek; in other scripts what looks like an accent makes another letter."""


class Label(NamedTuple):
    """What a post's row knows of a tag."""

    id: int
    name: str
    slug: str


def clean(name: str) -> str:
    """Empty where nothing is left to see."""
    line = clean_line(_HIDDEN.sub("", visible(name)))
    return line if line.strip(JOINERS + " ") else ""


def key(name: str) -> str:
    """The same for spellings that differ in case, accents, width or spaces only."""
    plain = _ACCENTS.sub(r"\1", unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()))
    folded = unicodedata.normalize("NFKC", "".join(plain.split())).strip("\ufe0e\ufe0f")
    return folded or name.casefold()


def words(name: str) -> str:
    return address(name) or "tag"


def numbered(slug: str) -> Iterator[str]:
    """The address itself, and what it may be where others have it."""
    yield slug
    yield from (f"{slug[: SLUG_LENGTH - len(ending)]}{ending}" for ending in (f"-{n}" for n in count(2)))


def pack(labels: Sequence[Label]) -> str | None:
    """As `posts.tags` holds them: what `entry` makes of each, so that a rename is one statement."""
    return f"[{','.join(entry(label) for label in labels)}]" if labels else None


def entry(label: Label) -> str:
    """One tag in `posts.tags`. It is found in no other place there: a quotation mark in a name has a backslash before it."""
    return orjson.dumps(tuple(label)).decode()


@lru_cache(4096)
def unpack(packed: str | None) -> tuple[Label, ...]:
    return tuple(Label(*one) for one in orjson.loads(packed)) if packed else ()
