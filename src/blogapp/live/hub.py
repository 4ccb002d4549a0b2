"""Who listens to what in this process: messages of the bus go out to them, and nobody listens for longer than he may."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError

from blogapp.actor import Actor
from blogapp.errors import TooManyRequests, Unavailable
from blogapp.infra.bus import Bus, Message
from blogapp.live.listener import MOST_WAITING, RESTARTING, SIGNED_OUT, TOO_SLOW, Frame, Listener

HEARTBEAT = 15.0
"""Seconds: proxies close what is silent for a minute. Hypercorn's own pings would keep a closed socket for 20 seconds."""
CHECK_EVERY = 60.0
"""Seconds after which a session or token that has ended ends what it listens to."""
RETRY_AFTER = 10

BEAT = Frame('{"type":"beat"}', b": still here\n\n")

IsValid = Callable[[Actor], Awaitable[bool]]


class Hub:
    def __init__(self, most: int, most_of_one: int) -> None:
        """Connections of this process, and of one account or network."""
        self._most = most
        self._most_of_one = most_of_one
        self._clients: Counter[str] = Counter()
        self._topics: defaultdict[str, set[Listener]] = defaultdict(set)
        self._bus = Bus()
        self._draining = asyncio.Event()

    def __len__(self) -> int:
        return self._clients.total()

    @asynccontextmanager
    async def open(self, bus: Bus, draining: asyncio.Event, is_valid: IsValid) -> AsyncIterator[Hub]:
        """While the process serves; ends every connection when it drains."""
        self._bus, self._draining = bus, draining
        bus.subscribe(self._receive, self._reset)
        tasks = [
            asyncio.create_task(self._beat()),
            asyncio.create_task(self._check(is_valid)),
            asyncio.create_task(self._end_when_draining()),
        ]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def admit(self, client: str) -> None:
        """Counts a connection that is then `release`d. Raises TooManyRequests or Unavailable."""
        if len(self) >= self._most:
            raise Unavailable("Too many people are listening right now. Please try later.", retry_after=RETRY_AFTER)
        if self._clients[client] >= self._most_of_one:
            said = f"You have {self._most_of_one} connections already: close one of them first."
            raise TooManyRequests(said, retry_after=RETRY_AFTER)
        self._clients[client] += 1

    def release(self, client: str) -> None:
        self._clients[client] -= 1
        if not self._clients[client]:
            del self._clients[client]

    def join(self, listener: Listener, since: str | None) -> None:
        """From now on, or from after the message of that id on."""
        if self._draining.is_set():
            listener.end(RESTARTING)
        for topic in listener.topics:
            self._topics[topic].add(listener)
        missed = self._bus.since(since) if since else []
        frames = [Frame.of(one.id, one.document) for one in missed or () if listener.topics & _topics(one)]
        if missed is None or len(frames) >= MOST_WAITING:
            listener.offer(self._told("reset"))
        else:
            listener.offer(*frames, self._told("ready"))

    def leave(self, listener: Listener) -> None:
        for topic in listener.topics:
            self._topics[topic].discard(listener)
            if not self._topics[topic]:
                del self._topics[topic]

    def _receive(self, message: Message) -> None:
        if interested := self._listeners(_topics(message)):
            frame = Frame.of(message.id, message.document)
            for listener in interested:
                listener.offer(frame)

    def _reset(self) -> None:
        frame = self._told("reset")
        for listener in self._listeners(self._topics):
            listener.offer(frame)

    def _told(self, kind: str) -> Frame:
        """`ready`: you have heard everything up to here. `reset`: you missed something, look again."""
        return Frame.of(self._bus.newest, {"type": kind})

    def _listeners(self, topics: Iterable[str]) -> set[Listener]:
        return set().union(*(self._topics[topic] for topic in topics if topic in self._topics))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            now = asyncio.get_running_loop().time()
            for listener in self._listeners(self._topics):
                if listener.is_stuck(now):
                    listener.end(TOO_SLOW)
                else:
                    listener.offer(BEAT)

    async def _check(self, is_valid: IsValid) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY)
            try:
                await self._end_signed_out(is_valid)
            except (SQLAlchemyError, OSError):
                continue  # nobody is thrown out because the database is away

    async def _end_signed_out(self, is_valid: IsValid) -> None:
        known: defaultdict[Actor, list[Listener]] = defaultdict(list)
        for listener in self._listeners(self._topics):
            if listener.actor.is_authenticated:
                known[listener.actor].append(listener)
        for actor, listeners in known.items():
            if not await is_valid(actor):
                for listener in listeners:
                    listener.end(SIGNED_OUT)

    async def _end_when_draining(self) -> None:
        await self._draining.wait()
        for listener in self._listeners(self._topics):
            listener.end(RESTARTING)


def _topics(message: Message) -> frozenset[str]:
    """None of them is for other ears."""
    return frozenset(message.document.get("topics", ()))
