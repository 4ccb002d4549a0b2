"""Counts of a moment ago: to count all rows costs a database more than to read a page of them, and grows with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable

FRESH = 1.0
"""Seconds for which a count holds that another process may have changed."""
MOST_KEPT = 1000


class Totals:
    """What this process commits is counted anew at once, and once for all who ask meanwhile."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[int, float]] = {}
        self._commits = 0
        self._counting: dict[Hashable, asyncio.Task[int]] = {}

    async def get(self, key: Hashable, count: Callable[[], Awaitable[int]]) -> int:
        found, until = self._kept.get(key, (0, 0.0))
        if time.monotonic() < until:
            return found
        flight = (self._commits, key)
        task = self._counting.get(flight)
        if task is None:
            task = self._counting[flight] = asyncio.create_task(self._count(key, count))
            task.add_done_callback(lambda done: self._land(flight, done))
        return await asyncio.shield(task)

    def forget(self) -> None:
        self._commits += 1
        self._kept.clear()

    async def close(self) -> None:
        """Whoever asked is gone: what is still being counted is left."""
        tasks = list(self._counting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _count(self, key: Hashable, count: Callable[[], Awaitable[int]]) -> int:
        commits = self._commits
        counted = await count()
        if commits == self._commits:
            self._keep(key, counted)
        return counted

    def _land(self, flight: Hashable, task: asyncio.Task[int]) -> None:
        """Looks at its error, too: whoever asked may be gone."""
        del self._counting[flight]
        if not task.cancelled():
            task.exception()

    def _keep(self, key: Hashable, counted: int) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (counted, time.monotonic() + FRESH)
