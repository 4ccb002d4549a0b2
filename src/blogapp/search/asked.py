"""What somebody looks for, from the line they typed. Any line is one: nothing in it is an error but a date that is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from blogapp.errors import Invalid, Violation
from blogapp.search.terms import is_unparted, phrase

LONGEST = 200
"""Characters of a line."""
SHORTEST_BEGINNING = 2
"""Letters of a word that is looked for as a beginning."""

TOO_LONG = f"Please look for fewer words: {LONGEST} characters at most."
NO_DATE = "Write a year, a month or a day behind before: and after:, like 2026, 2026-11 or 2026-11-23."
NOTHING_WANTED = "Please say what to find, too, not only what to leave out."

_QUOTES = str.maketrans(dict.fromkeys("“”„«»\uff02", '"'))
_PART = re.compile(r'(-?)(?:(author|tag|before|after):)?(?:"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?")


class Phrase(NamedTuple):
    """Terms that stand next to each other; an open one matches what its last term is the beginning of, too."""

    terms: tuple[str, ...]
    is_open: bool = False


@dataclass(slots=True)
class Asked:
    """All of it narrows: a post has every phrase, author and tag that is wanted and none that is not."""

    wanted: list[Phrase] = field(default_factory=list)
    unwanted: list[Phrase] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    not_authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    not_tags: list[str] = field(default_factory=list)
    after: datetime | None = None
    """From this moment on."""
    before: datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.wanted or self.authors or self.tags or self.after or self.before)


def asked(line: str) -> Asked:
    """Raises Invalid at `q`. A line without anything to find is empty."""
    if len(line) > LONGEST:
        raise _invalid(TOO_LONG, "string_too_long")
    found = Asked()
    plain = line.translate(_QUOTES)
    for match in _PART.finditer(plain):
        minus, operator, quoted, word = match.groups()
        given = quoted if quoted is not None else word
        is_open = match.end() == len(plain) and (quoted is None or not plain.endswith('"'))
        _TAKERS[(operator or "").lower()](found, given, bool(minus), is_open)
    if found.is_empty and (found.unwanted or found.not_authors or found.not_tags):
        raise _invalid(NOTHING_WANTED, "value_error")
    return found


def _words(found: Asked, given: str, is_unwanted: bool, is_open: bool) -> None:  # noqa: FBT001  # as all takers
    terms = tuple(phrase(given))
    if not terms:
        return
    last = terms[-1]
    is_beginning = is_open and not is_unwanted and len(last) >= SHORTEST_BEGINNING
    is_sign = len(last) == 1 and is_unparted(last)
    (found.unwanted if is_unwanted else found.wanted).append(Phrase(terms, is_beginning or is_sign))


def _author(found: Asked, given: str, is_unwanted: bool, _: bool) -> None:  # noqa: FBT001  # as all takers
    if name := given.strip().removeprefix("@"):
        (found.not_authors if is_unwanted else found.authors).append(name)


def _tag(found: Asked, given: str, is_unwanted: bool, _: bool) -> None:  # noqa: FBT001  # as all takers
    if name := given.strip().removeprefix("#"):
        (found.not_tags if is_unwanted else found.tags).append(name)


def _after(found: Asked, given: str, is_unwanted: bool, _: bool) -> None:  # noqa: FBT001  # as all takers
    """Not after a day is before it."""
    moment = _moment(given)
    if is_unwanted:
        found.before = min(filter(None, (found.before, moment)))
    else:
        found.after = max(filter(None, (found.after, moment)))


def _before(found: Asked, given: str, is_unwanted: bool, is_open: bool) -> None:  # noqa: FBT001  # as all takers
    _after(found, given, not is_unwanted, is_open)


_TAKERS: dict[str, Callable[[Asked, str, bool, bool], None]] = {
    "": _words,
    "author": _author,
    "tag": _tag,
    "after": _after,
    "before": _before,
}


def _moment(given: str) -> datetime:
    """The beginning of that year, month or day (UTC). Raises Invalid."""
    match = _DATE.fullmatch(given.strip())
    try:
        year, month, day = (int(part or 1) for part in match.groups()) if match else (0, 0, 0)
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        raise _invalid(NO_DATE, "value_error") from None


def _invalid(message: str, kind: str) -> Invalid:
    return Invalid(message, Violation("q", message, kind))
