"""The bus of several processes: a stream in Redis, which each of them reads from its own place on.

Redis may go away at any time. Messages then reach the process they come from, the others hear that they missed
some as soon as it is back, and nobody waits for it longer than `PATIENCE`.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections import deque
from contextlib import suppress
from typing import Any

import orjson
import structlog

from blogapp.infra.bus import HISTORY, Bus, Document, Message
from blogapp.infra.redis import FAILURES, connect

STREAM = "blogapp:messages"
BEGINNING = "0-0"
"""The place before the first entry of a stream."""

PATIENCE = 0.5
"""Seconds that one who publishes waits for Redis: if it fails, all processes forget what they keep."""
BLOCK = 300
"""Milliseconds a read waits for something new."""
ANSWER = 0.5
"""Seconds after that in which a reader takes Redis for hung; both together are how long a kept page may be stale."""
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 0.5
"""Seconds between tries to come back, a random part of them less."""

Entry = tuple[bytes, dict[bytes, bytes]]

_log = structlog.get_logger("blogapp.bus")


class RedisBus(Bus):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._reader = connect(url, BLOCK / 1000 + ANSWER)
        self._writer = connect(url, PATIENCE)
        self._place: str | None = None
        self._whole = asyncio.Event()
        self._is_away = False
        self._others_missed = False
        self._told_alone: deque[str] = deque(maxlen=HISTORY)
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._following: asyncio.Task[None] | None = None

    @property
    def is_whole(self) -> bool:
        return self._whole.is_set()

    async def open(self) -> None:
        """Waits a moment for Redis: what a short command publishes reaches everybody."""
        self._following = asyncio.create_task(self._follow())
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._whole.wait()

    async def close(self) -> None:
        while self._following is not None and not self._following.done():
            self._following.cancel()  # the driver may take that for one of its own timeouts
            await asyncio.wait({self._following}, timeout=PATIENCE)
        for client in (self._reader, self._writer):
            with suppress(*FAILURES):
                await client.aclose()

    async def publish(self, document: Document) -> None:
        key = secrets.token_hex(8)
        if self.is_whole and await self._add(key, document):
            return
        self._others_missed = True
        self._told_alone.append(key)
        await super().publish(document)

    async def _add(self, key: str, document: Document) -> bool:
        """Whether it is in the stream; by then it has usually come back from there and been delivered."""
        heard = self._awaited[key] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE):
                entry: Any = {"key": key, "document": orjson.dumps(document)}
                await self._writer.xadd(STREAM, entry, maxlen=HISTORY, approximate=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await heard
        except FAILURES as error:
            self._lose(error)
            return False
        finally:
            del self._awaited[key]
        return True

    async def _follow(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._join()
                pause = FIRST_PAUSE
                await self._read()
            except FAILURES as error:
                self._lose(error)
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _join(self) -> None:
        """Catch up with the stream, for the first time or after having lost it."""
        found: Any = await self._reader.xrevrange(STREAM, count=HISTORY)
        entries: list[Entry] = found[::-1]
        places = [*([BEGINNING] if len(entries) < HISTORY else []), *(name.decode() for name, _ in entries)]
        if self._place is None:
            self._begin(places[0], entries)
        elif self._place in places:
            self._take(entries[len(entries) - len(places) + places.index(self._place) + 1 :])
        else:
            self._forget(places[-1])
        if self._others_missed:
            await self._reader.xadd(STREAM, {"missed": "some"}, maxlen=HISTORY, approximate=True)
            self._others_missed = False
        self._whole.set()
        self._is_away = False
        _log.info("connected to redis", place=self._place)

    async def _read(self) -> None:
        """Until somebody who published found Redis hanging."""
        while self.is_whole:
            found: Any = await self._reader.xread({STREAM: self._place or BEGINNING}, count=HISTORY, block=BLOCK)
            for _, entries in found:
                if len(entries) < HISTORY:
                    self._take(entries)
                else:  # this process stood still for so long that the stream may have been cut in front of them
                    self._forget(entries[-1][0].decode())

    def _begin(self, before: str, entries: list[Entry]) -> None:
        """Know the same past as the others."""
        self._history.clear()
        self._before = self._place = before
        for name, fields in entries:
            self._place = name.decode()
            if b"document" in fields and self._place != before:
                self._remember(Message(self._place, orjson.loads(fields[b"document"])))
            else:
                self._history.clear()
                self._before = self._place

    def _take(self, entries: list[Entry]) -> None:
        for name, fields in entries:
            if b"document" not in fields:
                self._forget(name.decode())
                continue
            self._place = name.decode()
            key = fields[b"key"].decode()
            if key not in self._told_alone:
                self._deliver(Message(self._place, orjson.loads(fields[b"document"])))
            if (heard := self._awaited.get(key)) is not None and not heard.done():
                heard.set_result(None)

    def _forget(self, place: str) -> None:
        """Somebody missed something: nothing before this place can be told completely."""
        self._history.clear()
        self._before = self._place = place
        self._interrupt()

    def _lose(self, error: BaseException) -> None:
        """It may never have been there: that is said as well, and once."""
        if not self._is_away:
            _log.warning("redis away", error=type(error).__name__, reason=str(error)[:200])
            self._is_away = True
        if self.is_whole:
            self._whole.clear()
            self._interrupt()
