"""From what authors type to what pages show: pure functions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from linkify_it import LinkifyIt
from markupsafe import Markup, escape
from slugify import slugify

SLUG_LENGTH = 80
EXCERPT_LENGTH = 280
"""Characters."""

_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
_linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})


def clean_line(value: str) -> str:
    """One line: outer spaces cut, inner runs kept as one space, NFC. Raises ValueError for control characters."""
    return _clean(" ".join(value.split()), allowed="")


def clean_text(value: str) -> str:
    """Lines ended by "\\n", NFC, outer blank space cut. Raises ValueError for other control characters."""
    return _clean(value.replace("\r\n", "\n").replace("\r", "\n").strip(), allowed="\n\t")


def slug(title: str) -> str:
    """Lower-case ASCII words of the title joined by "-"; "post" where none is left."""
    return slugify(title, max_length=SLUG_LENGTH, word_boundary=True) or "post"


def excerpt(content: str, length: int = EXCERPT_LENGTH) -> str:
    """The beginning of the text on one line, cut between words."""
    line = " ".join(content[: length * 2].split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(".,;:") + "…"


@lru_cache(maxsize=512)
def prose(content: str) -> Markup:
    """Paragraphs, line breaks and http(s) links of a plain text; everything else is escaped."""
    paragraphs = _PARAGRAPHS.split(content.replace("\r\n", "\n").strip())
    return Markup("\n").join(Markup("<p>{}</p>").format(_lines(part)) for part in paragraphs if part)


def _clean(value: str, allowed: str) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in allowed for character in value):
        raise ValueError("This holds control characters, which can't be kept.")
    return unicodedata.normalize("NFC", value)


def _lines(paragraph: str) -> Markup:
    return Markup("<br>\n").join(_links(line) for line in paragraph.split("\n"))


def _links(line: str) -> Markup:
    if "://" not in line:
        return escape(line)
    parts, end = [], 0
    for match in _linkify.match(line) or ():
        if match.schema not in {"http:", "https:"}:
            continue
        parts.append(escape(line[end : match.index]))
        parts.append(_anchor(match.url, match.text))
        end = match.last_index
    parts.append(escape(line[end:]))
    return Markup("").join(parts)


def _anchor(url: str, label: str) -> Markup:
    return Markup('<a href="{}" rel="nofollow ugc noopener">{}</a>').format(url, label)
