"""What a process counts about itself: plain numbers in its sheet, made into words only when somebody asks.

A request costs about a microsecond this way; a histogram of a metrics library takes several.
"""

from __future__ import annotations

import asyncio
import os
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from blogapp.infra import sheets
from blogapp.infra.sheets import Sheet

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, of all histograms: a sheet has room for as many, one more for what is slower, and the sum."""

REQUEST, LAG, HIT, MISS = "request", "lag", "cache hit", "cache miss"
"""Names of records; a request's is followed by method, status and route, which may be cut."""
GAUGE = "gauge"
"""Followed by a name, and a label where there is one. Those of a dead process count no more."""
PID = f"{GAUGE}\tpid"

LIVE_CONNECTIONS = "live connections"
CACHE_BYTES, CACHE_ENTRIES = "cache bytes", "cache entries"
POOL_SIZE, POOL_IN_USE = "pool size", "pool in use"

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WEBSOCKET"})

BEAT = 0.1
"""Seconds between two looks at how late the event loop is."""
LATE = 0.25
"""Seconds which the event loop may be late before it is logged."""

MICRO = 1_000_000

_log = structlog.get_logger("blogapp.metrics")


class Metrics:
    def __init__(self, folder: Path | None) -> None:
        """`folder` is where the processes of one blog on this machine keep their sheets, if there are several.

        Raises Refused when it can't be used.
        """
        self._folder = folder
        if folder is not None:
            sheets.require(folder)
        self._gauges: dict[str, Callable[[], int]] = {PID: os.getpid}
        self._use(sheets.private())

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While the process serves, others can see what it counts."""
        if self._folder is not None:
            self._use(sheets.taken(self._folder))
            for key, _ in list(self._sheet.records()):
                if key.startswith(GAUGE):
                    self._numbers[self._sheet.place(key)] = 0
        self.sample()
        try:
            yield
        finally:
            shared = self._sheet
            self._use(sheets.private())
            shared.close()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        place = self._requests.get((route, method, status)) or self._request_place(route, method, status)
        self._numbers[place] += int(seconds * MICRO)
        self._numbers[place + 1 + bisect_left(BOUNDS, seconds)] += 1

    def hit(self) -> None:
        """An answer was found in the page cache."""
        self._numbers[self._hit] += 1

    def miss(self) -> None:
        """An answer that may be kept had to be made."""
        self._numbers[self._miss] += 1

    def late(self, seconds: float) -> None:
        self._numbers[self._lag] += int(seconds * MICRO)
        self._numbers[self._lag + 1 + bisect_left(BOUNDS, seconds)] += 1

    def watch(self, name: str, read: Callable[[], int], label: str = "") -> None:
        """A number that goes up and down: `read` is called for each beat and each scrape."""
        self._gauges["\t".join([GAUGE, name, *([label] if label else [])])] = read

    def sample(self) -> None:
        for key, read in self._gauges.items():
            self._numbers[self._sheet.place(key)] = read()

    async def beat(self) -> None:
        """For as long as the process serves."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            late = max(0.0, loop.time() - due)
            self.late(late)
            self.sample()
            if late > LATE:
                _log.warning("event loop late", ms=round(late * 1000, 1))

    def totals(self) -> tuple[dict[str, list[int]], list[int]]:
        """Records of all processes added up, and the ids of those that are alive."""
        self.sample()
        added: dict[str, list[int]] = {}
        pids: list[int] = []
        for records, is_alive in self._sheets():
            for key, numbers in records:
                if key == PID:
                    pids += numbers[:1] if is_alive else []
                elif is_alive or not key.startswith(GAUGE):
                    before = added.get(key)
                    added[key] = [a + b for a, b in zip(before, numbers, strict=True)] if before else numbers
        return added, pids

    def _sheets(self) -> Iterator[tuple[list[tuple[str, list[int]]], bool]]:
        if self._folder is None:
            yield list(self._sheet.records()), True
        else:
            yield from sheets.all_in(self._folder)

    def _use(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._numbers = sheet.numbers
        self._requests: dict[tuple[str, str, int], int] = {}
        self._hit, self._miss, self._lag = (sheet.place(key) for key in (HIT, MISS, LAG))

    def _request_place(self, route: str, method: str, status: int) -> int:
        named = method if method in METHODS else "other"
        place = self._sheet.place(f"{REQUEST}\t{named}\t{status}\t{route}")
        if named == method:
            self._requests[route, method, status] = place
        return place
