"""Links to pictures in Markdown: in a blog to its library, in a folder to files beside the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from blogapp.media.models import LONGEST_ALT
from blogapp.media.names import ADDRESS, mentioned
from blogapp.text import visible

FOLDER = "media/"
"""Of an export's pictures, beside its texts."""

ENDINGS = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"}

_TARGET = r"(?:<(?P<angle{0}>[^<>\n]+)>|(?P<bare{0}>[^\s<>()]+(?:\([^\s<>()]*\)[^\s<>()]*)*))"
_LINK = re.compile(
    rf"(?:!\[(?P<alt>[^\[\]]{{0,{LONGEST_ALT}}})\]|\])\([ \t]*{_TARGET.format(1)}"
    rf"|^ {{0,3}}\[[^\[\]\n]{{1,300}}\]:[ \t]+{_TARGET.format(2)}",
    re.MULTILINE,
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?")


@dataclass(frozen=True, slots=True)
class Link:
    """`target` as it is written; `path` is where that leads, from the text's folder or, with a slash, from the top."""

    target: str
    path: str
    alt: str


def to_files(content: str) -> str:
    """A text of the blog as an export has it."""
    return _replaced(content, _file_of) if ADDRESS in content else content


def links(content: str) -> Iterator[Link]:
    """To pictures that are to lie in the folder."""
    for match in _LINK.finditer(content):
        shown = match["alt"] is not None
        link = link_to(_written(match), match["alt"] or "")
        if link and (shown or PurePosixPath(link.path).suffix.lower() in ENDINGS):
            yield link


def link_to(target: str, alt: str) -> Link | None:
    """None for what is not to lie in the folder."""
    path = unquote(target.partition("#")[0].partition("?")[0])
    is_ours = path.startswith(ADDRESS) and mentioned(path)
    if not path or _SCHEME.match(target) or is_ours:
        return None
    return Link(target, path, " ".join(visible(alt).split()))


def to_library(content: str, names: Mapping[str, str]) -> str:
    """`names` are those of pictures in the library, by the target as it is written."""
    return _replaced(content, lambda target: ADDRESS + names[target] if target in names else None)


def _file_of(target: str) -> str | None:
    return target.removeprefix("/") if {target.removeprefix(ADDRESS)} == mentioned(target) else None


def _replaced(content: str, made: Callable[[str], str | None]) -> str:
    """With other targets, all else as it stands."""

    def one(match: re.Match[str]) -> str:
        target = _written(match)
        other = made(target)
        if other is None:
            return match[0]
        written = f"<{target}>" if match["angle1"] or match["angle2"] else target
        return match[0][: len(match[0]) - len(written)] + other

    return _LINK.sub(one, content)


def _written(match: re.Match[str]) -> str:
    return next(part for part in (match["angle1"], match["bare1"], match["angle2"], match["bare2"]) if part)
