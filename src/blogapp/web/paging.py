"""Numbered pages of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar

from blogapp.errors import Invalid, NotFound, Violation
from blogapp.web.context import query

Item = TypeVar("Item")

PER_PAGE = 20
MOST_PER_PAGE = 100
LAST_PAGE = 2**31 // MOST_PER_PAGE
"""A higher number is out of range whatever the list holds; its offset would not fit the database's."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list is asked for; `number` counts from 1."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    items: Sequence[Item]
    total: int
    number: int
    size: int

    @property
    def pages(self) -> int:
        return ceil(self.total / self.size)

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_asked(size: int | None = None) -> Slice:
    """`page` and `per_page` of the query; more than 100 per page are answered with 100.

    Raises Invalid for what is no whole number, NotFound for a page that can't be.
    """
    asked = query()
    number = _whole(asked, "page", 1)
    per_page = size or _whole(asked, "per_page", PER_PAGE)
    if per_page < 1:
        raise Invalid(
            "The query is not valid.", Violation("per_page", "This must be at least 1.", "greater_than_equal")
        )
    return Slice(_possible(number), min(per_page, MOST_PER_PAGE))


def number_asked(name: str) -> int:
    """As `page_asked`, of a part that has no size of its own."""
    return _possible(_whole(query(), name, 1))


def _possible(number: int) -> int:
    if not 1 <= number <= LAST_PAGE:
        raise NotFound("There is no such page.")
    return number


def page_of(items: Sequence[Item], total: int, asked: Slice) -> Page[Item]:
    """Raises NotFound beyond the last page; the first page of an empty list is there."""
    if not items and asked.number > 1:
        raise NotFound("There is no such page.")
    return Page(items, total, asked.number, asked.size)


def _whole(asked: dict[str, Any], name: str, default: int) -> int:
    text = asked.get(name, "")
    if text == "" and name not in asked:
        return default
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise Invalid("The query is not valid.", Violation(name, "This must be a whole number.", "int_parsing"))
    return int(text) if len(digits) <= 18 else (-1 if text.startswith("-") else LAST_PAGE + 1)
