"""What a file says that its post is about, and what it is a part of."""

from __future__ import annotations

from typing import Any

from blogapp.portability.front_matter import Parts
from blogapp.portability.front_values import Unreadable

LARGEST = 2**31 - 1
MOST = 100
"""Tags of a file that are looked at: how many a post may have is the form's rule."""


def tags(parts: Parts) -> list[str]:
    """A list, one line parted by commas, or Ghost's tables."""
    given = parts.values.get("tags") or []
    several = given.split(",") if isinstance(given, str) else given
    if not isinstance(several, list) or len(several) > MOST:
        raise Unreadable("tags is no list, or too long a one", parts.line_of("tags"))
    return [name for name in map(_name, several) if name]


def series(parts: Parts) -> str:
    """The first, where a file names several."""
    given = parts.values.get("series") or ""
    return _name(given[0] if isinstance(given, list) else given)


def series_position(parts: Parts) -> int | None:
    given = parts.values.get("series_position") or ""
    if not given:
        return None
    if not isinstance(given, str) or not (given.isascii() and given.isdecimal() and int(given[:12]) <= LARGEST):
        raise Unreadable("series_position is no number", parts.line_of("series_position"))
    return int(given[:12])


def _name(given: Any) -> str:
    if isinstance(given, dict):
        given = given.get("name") or given.get("title") or ""
    return given.strip() if isinstance(given, str) else ""
