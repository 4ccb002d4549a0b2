"""How a post and its file know each other again: in another blog, under another name, after years."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from blogapp.portability.front_values import Unreadable

SHORT = 16
"""Hexadecimal digits that tell two texts or two posts of one blog apart."""

OF_POST = "post:"
OF_FILE = "file:"
"""Beginnings of an origin."""

_STABLE = re.compile(rf"([1-9][0-9]{{0,9}})-[0-9a-f]{{{SHORT}}}")
_STAMP = re.compile(rf"^exported: *([^/\s]+)/([0-9]{{1,9}})/([0-9a-f]{{{SHORT}}})\n", re.MULTILINE)
_BIGGEST = 2**31 - 1


class Stamp(NamedTuple):
    """What an export notes of the blog that it was made of."""

    stable_id: str
    version: int
    is_whole: bool
    """Nobody has changed the file since."""


def stable_id(post_id: int, created_at: datetime) -> str:
    """The same for as long as there is the post: its number, and when it was made, by which no other is taken for it."""
    moment = created_at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{post_id}-{sha256(f'{post_id} {moment}'.encode()).hexdigest()[:SHORT]}"


def number(stable: str) -> int | None:
    """The post's number in the blog that gave it that id; None for what is no id of ours."""
    match = _STABLE.fullmatch(stable)
    return int(match[1]) if match and int(match[1]) <= _BIGGEST else None


def stamped(text: str, own: str, version: int) -> str:
    """A whole file with the line that `stamp` reads, as the last of its front matter."""
    head, fence, body = text.partition("\n---\n")
    return f"{head}\nexported: {own}/{version}/{_short(text)}{fence}{body}"


def stamp(text: str) -> Stamp | None:
    head, fence, body = text.partition("\n---\n")
    match = _STAMP.search(f"{head}\n")
    if not match:
        return None
    without = f"{head}\n"[: match.start()] + f"{head}\n"[match.end() :]
    return Stamp(match[1], int(match[2]), _short(without.removesuffix("\n") + fence + body) == match[3])


def origin(stable: str, root: str, path: str) -> str:
    """Raises Unreadable for an id that only looks like one of ours."""
    if not stable:
        return OF_FILE + sha256(f"{root}\0{path}".encode(errors="surrogateescape")).hexdigest()
    if number(stable) is None:
        raise Unreadable(f"the id {stable[:60]!r} is none that blogapp gives")
    return OF_POST + stable


def _short(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:SHORT]
