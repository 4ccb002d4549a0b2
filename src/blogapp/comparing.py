"""What differs between two texts, and how two changes of one text go together: pure functions.

Texts are compared by paragraphs first, and only paragraphs that changed by words. Comparing takes time that grows with
the square of what differs, so where that is too much it counts as one change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal

MOST_PAIRS = 4_000_000
"""Pairs of paragraphs or words that are held against each other at once: half a second at worst."""

MOST_BETWEEN = 4
"""Paragraphs that are the same, shown whole between two changes."""

NEXT_TO = 2
"""Paragraphs of more, shown on each side: the first and the last are often but the rest of one."""

LEFT_OUT = "[…]\n\n"

_PARAGRAPHS = re.compile(r".*?(?:\n[^\S\n]*(?=\n))+\n|.+", re.DOTALL)
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_END = "\n\n"
"""Of each paragraph: the last one gets it for as long as it is compared, so that another can follow it."""


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Literal["same", "gone", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """Parts `first` to `last` of a text, the last not included, are replaced by others."""

    first: int
    last: int
    by: tuple[str, ...]


def difference(old: str, new: str) -> list[Piece]:
    """All of both texts: put together, what is the same or gone is the old one, what is the same or new the new one."""
    return list(_joined(_pieces(old, new)))


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of `base` in one text; None where they touch the same paragraph in different ways."""
    ours, others = _both(_paragraphs(base), mine, theirs)
    if any(_clash(one, other) for one in ours for other in others):
        return None
    return _together(_paragraphs(base), [*ours, *others])


def lead(base: str, mine: str, theirs: str) -> str:
    """Both changes of `base` in one text; `mine` where they touch the same paragraph in different ways."""
    ours, others = _both(_paragraphs(base), mine, theirs)
    free = [other for other in others if not any(_clash(one, other) for one in ours)]
    return _together(_paragraphs(base), [*ours, *free])


def abridged(pieces: Sequence[Piece]) -> list[Piece]:
    """For a glance: of what is the same only the paragraphs next to a change."""
    return [
        Piece(piece.kind, _ends(piece.text, NEXT_TO * (at > 0), NEXT_TO * (at < len(pieces) - 1)))
        if piece.kind == "same"
        else piece
        for at, piece in enumerate(pieces)
    ]


def _ends(text: str, first: int, last: int) -> str:
    parts = _PARAGRAPHS.findall(text)
    if len(parts) <= MOST_BETWEEN:
        return text
    return "".join([*parts[:first], LEFT_OUT, *parts[len(parts) - last :]])


def _both(parts: Sequence[str], mine: str, theirs: str) -> tuple[list[Change], list[Change]]:
    """What each changed; what both changed alike is mine."""
    ours, others = (
        [each for change in _changes(parts, _paragraphs(text)) for each in _one_by_one(change)]
        for text in (mine, theirs)
    )
    return ours, [change for change in others if change not in ours]


def _one_by_one(change: Change) -> list[Change]:
    """Neighbours that were changed, and none added or taken away, are changes of their own."""
    if len(change.by) != change.last - change.first:
        return [change]
    return [Change(at, at + 1, (by,)) for at, by in enumerate(change.by, change.first)]


def _together(parts: Sequence[str], changes: Sequence[Change]) -> str:
    return _applied(parts, sorted(changes, key=lambda change: (change.first, change.last))).rstrip("\n")


def _pieces(old: str, new: str) -> Iterator[Piece]:
    before, after = _PARAGRAPHS.findall(old), _PARAGRAPHS.findall(new)
    done = 0
    for change in _changes(before, after):
        yield Piece("same", "".join(before[done : change.first]))
        yield from _by_words("".join(before[change.first : change.last]), "".join(change.by))
        done = change.last
    yield Piece("same", "".join(before[done:]))


def _by_words(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    done = 0
    for change in _changes(before, after):
        yield Piece("same", "".join(before[done : change.first]))
        yield Piece("gone", "".join(before[change.first : change.last]))
        yield Piece("new", "".join(change.by))
        done = change.last
    yield Piece("same", "".join(before[done:]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if last is not None and piece.kind == last.kind:
            last = Piece(piece.kind, last.text + piece.text)
        elif piece.text:
            if last is not None:
                yield last
            last = piece
    if last is not None:
        yield last


def _paragraphs(text: str) -> list[str]:
    return _PARAGRAPHS.findall(text.rstrip("\n") + _END) if text.strip("\n") else []


def _changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """What both begin and end with is left out before anything is compared."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    if not before and not after:
        return []
    if len(before) * len(after) > MOST_PAIRS:
        return [Change(head, head + len(before), tuple(after))]
    return [
        Change(head + first, head + last, tuple(after[start:end]))
        for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        if kind != "equal"
    ]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _clash(one: Change, other: Change) -> bool:
    """Two that put something at the same place clash; what stands side by side does not."""
    if one.first == one.last and other.first == other.last:
        return one.first == other.first
    return one.first < other.last and other.first < one.last


def _applied(parts: Sequence[str], changes: Sequence[Change]) -> str:
    made: list[str] = []
    done = 0
    for change in changes:
        made += [*parts[done : change.first], *change.by]
        done = change.last
    return "".join([*made, *parts[done:]])
