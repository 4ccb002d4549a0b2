"""Times as people and programs write them above their texts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from blogapp.portability.front_values import Unreadable

LONGEST = 40

_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt\s]+(.+))?")
_SHORT_HOUR = re.compile(r"^(\d):")
_OFFSET = re.compile(r"\s*(?:UTC|GMT|Z|z)$")
_SPACED = re.compile(r"\s+([+-]\d)")


def moment(written: str, line: int | None) -> datetime:
    """In UTC, where no offset is named. Raises Unreadable."""
    match = _DAY.fullmatch(written.strip()) if len(written) <= LONGEST else None
    if match is None:
        raise Unreadable(f"the time {written[:LONGEST]!r} is not like 2030-01-31 or 2030-01-31T08:00:00+01:00", line)
    year, month, day, clock = match.groups()
    try:
        found = datetime.fromisoformat(f"{year}-{month:0>2}-{day:0>2}T{_clock(clock)}")
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"there is no time {written!r}", line) from None


def _clock(written: str | None) -> str:
    if not written:
        return "00:00"
    clock = _SHORT_HOUR.sub(r"0\1:", _OFFSET.sub("+00:00", written.strip()))
    return _SPACED.sub(r"\1", clock)
