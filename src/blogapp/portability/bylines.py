"""Who wrote a file, as its front matter says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blogapp.portability.front_matter import Parts
from blogapp.portability.front_values import Unreadable

MOST_AUTHORS = 20
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str = ""


def authors(parts: Parts) -> list[Author]:
    given = parts.values.get("authors") or parts.values.get("author") or []
    name = "authors" if parts.values.get("authors") else "author"
    several = given if isinstance(given, list) else [given]
    if len(several) > MOST_AUTHORS:
        raise Unreadable(f"more than {MOST_AUTHORS} authors", parts.line_of(name))
    found = [author for author in map(_author, several) if author.name]
    if odd := next((one.name for one in found if not one.name.isprintable() or len(one.name) > LONGEST_NAME), None):
        raise Unreadable(f"{odd[:LONGEST_NAME]!r} is no name", parts.line_of(name))
    return found


def _author(given: Any) -> Author:
    if isinstance(given, dict):
        names = (given.get(key) for key in ("username", "slug", "name"))
        name = next((one for one in names if isinstance(one, str) and one), "")
        email = given.get("email")
        return Author(name.strip(), email.strip() if isinstance(email, str) else "")
    return Author(given.strip() if isinstance(given, str) else "")
