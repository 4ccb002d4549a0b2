"""Comments in the order in which they are read: each followed by its replies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

DEEPEST = 4
"""Levels that are drawn; what is deeper stands on the last one and names whom it answers."""


@dataclass(frozen=True, slots=True)
class Said:
    """`row` is a comment; without words for this reader where not `is_readable`, it holds its replies together."""

    row: Any
    depth: int
    is_readable: bool
    answered: str | None
    """Who wrote what it answers, where that can't be seen from its place."""

    @property
    def drawn(self) -> int:
        return min(self.depth, DEEPEST - 1)


def in_order(rows: Sequence[Any], is_readable: Callable[[Any], bool]) -> list[Said]:
    """Roots in the order given, replies by age. Leaves out what is not readable and has no readable reply.

    As deep as a thread may be: nothing here calls itself.
    """
    by_id = {row.id: row for row in rows}
    wanted = _with_ancestors([row for row in rows if is_readable(row)], by_id)
    replies: defaultdict[int | None, list[Any]] = defaultdict(list)
    for row in rows:
        replies[row.parent_id].append(row)
    roots = [row for row in rows if row.parent_id not in by_id]
    return [
        Said(row, depth, is_readable(row), _answered(row, depth, by_id))
        for row, depth in _walk(roots, replies)
        if row.id in wanted
    ]


def _with_ancestors(rows: Sequence[Any], by_id: dict[int, Any]) -> set[int]:
    found: set[int] = set()
    for row in rows:
        one = row
        while one is not None and one.id not in found:
            found.add(one.id)
            one = by_id.get(one.parent_id)
    return found


def _walk(roots: Sequence[Any], replies: dict[int | None, list[Any]]) -> Iterator[tuple[Any, int]]:
    stack = [(row, 0) for row in reversed(roots)]
    while stack:
        row, depth = stack.pop()
        yield row, depth
        below = sorted(replies.get(row.id, ()), key=lambda one: one.id, reverse=True)
        stack.extend((one, depth + 1) for one in below)


def _answered(row: Any, depth: int, by_id: dict[int, Any]) -> str | None:
    answered = by_id.get(row.parent_id) if depth >= DEEPEST else None
    return None if answered is None else answered.name
