"""One connection that listens: what waits for it, and why it ends."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import orjson

from blogapp.actor import Actor
from blogapp.infra.bus import Document

MOST_WAITING = 64
"""Messages for a listener that is slow to take them."""
SLOWEST = 30.0
"""Seconds in which it has to take one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message as both kinds of listeners get it; made once for all of them."""

    text: str
    event: bytes

    @classmethod
    def of(cls, id: str, document: Document) -> Frame:
        text = orjson.dumps({"id": id, **document}).decode()
        return cls(text, f"id: {id}\ndata: {text}\n\n".encode())


@dataclass(frozen=True, slots=True)
class Ending:
    """Why we close, with a WebSocket's code (RFC 6455, 7.4.1, and its registry at IANA)."""

    code: int
    reason: str


LEFT = Ending(1000, "")
RESTARTING = Ending(1012, "The server restarts; come back in a moment.")
TOO_SLOW = Ending(1013, "You took too long to take what you were sent.")
SIGNED_OUT = Ending(1008, "Your session or token has ended.")

Write = Callable[[Frame], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Listener:
    """A task is there to write only while something is waiting: most listeners wait most of the time."""

    topics: frozenset[str]
    actor: Actor
    _write: Write
    _life: asyncio.Timeout
    ending: Ending = LEFT
    _waiting: deque[Frame] = field(default_factory=deque)
    _writing: asyncio.Task[None] | None = None
    _since: float = 0.0

    def offer(self, *frames: Frame) -> None:
        """Never waits. A listener that is too far behind is dropped."""
        if self.ending is not LEFT:
            return
        if len(self._waiting) + len(frames) > MOST_WAITING:
            self.end(TOO_SLOW)
            return
        self._waiting.extend(frames)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    def is_stuck(self, now: float) -> bool:
        """By the time of the event loop."""
        return self._writing is not None and now - self._since > SLOWEST

    def end(self, ending: Ending) -> None:
        """The task that serves it wakes up with TimeoutError."""
        if self.ending is LEFT:
            self.ending = ending
            self._life.reschedule(0)

    async def stop(self) -> None:
        """Nothing more is written once this returns."""
        if self._writing is not None:
            self._writing.cancel()
            with suppress(asyncio.CancelledError):
                await self._writing

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                self._since = asyncio.get_running_loop().time()
                await self._write(self._waiting.popleft())
        finally:
            self._writing = None
