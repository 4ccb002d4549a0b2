"""Years and months, in UTC, as addresses and queries name them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from blogapp.errors import Invalid, Violation

PATTERN = "^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2]))?$"
"""Of JSON Schema (ECMA-262)."""
NOT_A_MONTH = "This must be a year or a month, like 2026 or 2026-11."

_FORM = re.compile(PATTERN)
_LAST = datetime.max.replace(tzinfo=UTC)


class Span(NamedTuple):
    start: datetime
    end: datetime
    """The first moment after it."""


def year(number: int) -> Span:
    """Raises ValueError for what is no year."""
    return Span(datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC) if number < 9999 else _LAST)


def month(number: int, of_year: int) -> Span:
    """Raises ValueError for what is no month."""
    start = datetime(of_year, number, 1, tzinfo=UTC)
    return Span(start, datetime(of_year, number + 1, 1, tzinfo=UTC) if number < 12 else year(of_year).end)


def asked(words: str) -> Span:
    """Of "2026" or "2026-11". Raises Invalid at `month`."""
    if not _FORM.fullmatch(words):
        raise Invalid("The query is not valid.", Violation("month", NOT_A_MONTH, "value_error"))
    of_year, _, number = words.partition("-")
    return month(int(number), int(of_year)) if number else year(int(of_year))
