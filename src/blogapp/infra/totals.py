"""Counts of a moment ago: to count all rows costs a database more than to read a page of them, and grows with them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

FRESH = 1.0
"""Seconds for which a count holds, at least, that another process may have changed."""
SHARE = 0.05
"""Of the time, that is spent on the same count at most: what takes long to count holds for longer."""
MOST_KEPT = 1000

Count = TypeVar("Count")


class Totals:
    """What this process commits is counted anew at once, and once for all who ask meanwhile."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[Any, float]] = {}
        self._commits = 0
        self._counting: dict[Hashable, asyncio.Task[Any]] = {}

    async def get(self, key: Hashable, count: Callable[[], Awaitable[Count]]) -> Count:
        kept: tuple[Count, float] | None = self._kept.get(key)
        if kept is not None and time.monotonic() < kept[1]:
            return kept[0]
        flight = (self._commits, key)
        task = self._counting.get(flight)
        if task is None:
            task = self._counting[flight] = asyncio.create_task(self._count(key, count))
            task.add_done_callback(lambda done: self._land(flight, done))
        counted: Count = await asyncio.shield(task)
        return counted

    def forget(self) -> None:
        self._commits += 1
        self._kept.clear()

    async def close(self) -> None:
        """Whoever asked is gone: what is still being counted is left."""
        tasks = list(self._counting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _count(self, key: Hashable, count: Callable[[], Awaitable[Count]]) -> Count:
        commits, began = self._commits, time.monotonic()
        counted = await count()
        ended = time.monotonic()
        if commits == self._commits:
            self._keep(key, counted, ended + max(FRESH, (ended - began) / SHARE))
        return counted

    def _land(self, flight: Hashable, task: asyncio.Task[Any]) -> None:
        """Looks at its error, too: whoever asked may be gone."""
        del self._counting[flight]
        if not task.cancelled():
            task.exception()

    def _keep(self, key: Hashable, counted: object, until: float) -> None:
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (counted, until)
