"""Counts of a moment ago: to count all rows costs a database more than to read a page of them, and grows with them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Hashable

FRESH = 1.0
"""Seconds for which a count holds that another process may have changed."""
MOST_KEPT = 1000


class Totals:
    """What this process commits is counted anew at once."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[int, float]] = {}
        self._commits = 0

    async def get(self, key: Hashable, count: Callable[[], Awaitable[int]]) -> int:
        found, until = self._kept.get(key, (0, 0.0))
        if time.monotonic() < until:
            return found
        commits = self._commits
        counted = await count()
        if commits == self._commits:
            self._keep(key, counted)
        return counted

    def forget(self) -> None:
        self._commits += 1
        self._kept.clear()

    def _keep(self, key: Hashable, counted: int) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (counted, time.monotonic() + FRESH)
