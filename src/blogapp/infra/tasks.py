"""Tasks: rows of the outbox, handed to a broker of taskiq until they are done.

Without Redis the broker is in memory and the process does its tasks itself; with Redis it is a stream, and whoever
`works` consumes it. Either way the row decides: what a broker forgets is handed out again, and what it delivers
twice is claimed once.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from redis.asyncio import Redis
from sqlalchemy.exc import SQLAlchemyError
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.acks import AcknowledgeType
from taskiq.exceptions import TaskiqError
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

from blogapp.infra import logs, outbox
from blogapp.infra.db import Database
from blogapp.infra.outbox import Hopeless, Work
from blogapp.infra.redis import FAILURES

Handler = Callable[[Work], Awaitable[None]]

POLL = 1.0
"""Seconds between two looks at the outbox when nobody says that something is due, as other processes can't."""

AT_ONCE = 10
"""Tasks one process does side by side."""

BATCH = 100
"""Rows handed to Redis at a time."""

LONGEST_WAIT = 3600.0
"""Seconds between two tries, at most."""

LEAVING = 3.0
"""Seconds for what is being done when the process stops; what is cut off is done again after its lease."""

STREAM = "blogapp.tasks"
STREAM_LENGTH = 10_000
REDIS_PATIENCE = 5.0
"""Seconds for an answer of Redis; more than a consumer waits for new messages."""

_log = structlog.get_logger("blogapp.tasks")


@dataclass(frozen=True, slots=True)
class Patience:
    """`lease` and `wait` are in seconds: how long a task may take, and how long the first pause after a failure is."""

    lease: float
    tries: int
    wait: float

    def after(self, tries: int) -> timedelta | None:
        """Twice as long each time, give or take a quarter, so that what failed together does not come back together."""
        if tries >= self.tries:
            return None
        wait = min(LONGEST_WAIT, self.wait * 2 ** (tries - 1))
        return timedelta(seconds=wait * random.uniform(0.75, 1.25))


class Tasks:
    """`handlers` by the names that rows give; `every` has the seconds between two runs of those that are periodic."""

    def __init__(
        self, db: Database, handlers: Mapping[str, Handler], every: Mapping[str, int], patience: Patience, redis: str
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._every = every
        self._patience = patience
        self._is_local = not redis
        self._broker = _broker(redis)
        self._planned: dict[str, int] = {}
        self._doing: set[asyncio.Task[object]] = set()
        self._in_hand = 0
        self._due = asyncio.Event()
        self._is_well = True
        for name in handlers:
            self._broker.register_task(self._performer(), task_name=name)

    @asynccontextmanager
    async def running(self, *, works: bool) -> AsyncIterator[None]:
        """Hands out what is due while the block lasts and, when it `works` or has no Redis, does it."""
        self._db.events.subscribe(outbox.Put, self._wake)
        stop = asyncio.Event()
        helpers = [asyncio.create_task(self._relay())]
        if works and not self._is_local:
            helpers.append(asyncio.create_task(self._consume(stop)))
        try:
            yield
        finally:
            stop.set()
            await self._leave(*helpers)

    async def perform(self, row: int) -> None:
        """Do the work of a row, unless another has claimed it or it is done."""
        current = asyncio.current_task()
        if current is not None:
            self._doing.add(current)
            current.add_done_callback(self._doing.discard)
        try:
            async with self._db.transaction() as session:
                work = await outbox.claim(session, row, timedelta(seconds=self._patience.lease))
            if work is not None:
                await self._do(work)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("task left to its lease", task_id=row, error=type(error).__name__)
        finally:
            self._in_hand = max(0, self._in_hand - 1)
            self._due.set()

    def _performer(self) -> Callable[[int], Awaitable[None]]:
        """Taskiq renames what it registers, which a method does not bear."""

        async def perform(row: int) -> None:
            await self.perform(row)

        return perform

    async def _do(self, work: Work) -> None:
        token, doing = logs.request_id.set(work.request_id), logs.doing.set(f"task {work.task}")
        started = time.monotonic()
        try:
            await self._handle(work)
            async with self._db.transaction() as session:
                await outbox.finish(session, work)
            _log.info("task done", task=work.task, key=work.key, ms=round((time.monotonic() - started) * 1000, 1))
        except Exception as error:  # noqa: BLE001  # whatever a handler raises is noted with its row
            await self._put_off(work, error)
        finally:
            logs.request_id.reset(token)
            logs.doing.reset(doing)

    async def _handle(self, work: Work) -> None:
        """A little less than the lease is given, so that nobody else begins meanwhile."""
        if work.tries > self._patience.tries:
            raise Hopeless("each process that tried this died")
        async with asyncio.timeout(self._patience.lease * 0.9):
            await self._handlers[work.task](work)

    async def _put_off(self, work: Work, error: Exception) -> None:
        wait = None if isinstance(error, Hopeless) else self._patience.after(work.tries)
        said = " ".join(f"{type(error).__name__}: {error}".replace("\0", "").split())
        async with self._db.transaction() as session:
            await outbox.put_off(session, work, said, wait)
        facts = {"task": work.task, "key": work.key, "tries": work.tries, "error": said[: outbox.ERROR_LENGTH]}
        if wait is None:
            _log.error("task dead", **facts)
        else:
            _log.warning("task failed", **facts, again_in=round(wait.total_seconds(), 1))

    async def _wake(self, _: outbox.Put) -> None:
        self._due.set()

    async def _relay(self) -> None:
        while True:
            self._due.clear()
            try:
                await self._plan()
                await self._hand_out()
                self._say(None)
            except (SQLAlchemyError, TaskiqError, *FAILURES) as error:
                self._say(error)
                await asyncio.sleep(POLL)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL * random.uniform(0.75, 1.25)):
                    await self._due.wait()

    async def _plan(self) -> None:
        """Periodic work is a row for each slot of time: the first process that comes to it puts it there."""
        for name, seconds in self._every.items():
            slot = int(time.time() // seconds)
            if self._planned.get(name) != slot:
                async with self._db.transaction() as session:
                    await outbox.put(session, name, f"{name}.{slot}")
                self._planned[name] = slot

    async def _hand_out(self) -> None:
        room = AT_ONCE - self._in_hand if self._is_local else BATCH
        if room <= 0 or not await outbox.is_any_due(self._db):
            return
        await self._reach()
        async with self._db.transaction() as session:
            handed = await outbox.hand_out(session, room)
        for row, name in handed:
            await self._kick(row, name)
        if len(handed) == BATCH:
            self._due.set()

    async def _reach(self) -> None:
        """Raises what the driver raises while Redis is away: what it never got would wait for `HANDED_AGAIN` after that."""
        if isinstance(self._broker, RedisStreamBroker):
            async with Redis(connection_pool=self._broker.connection_pool) as redis:
                await redis.ping()

    async def _kick(self, row: int, name: str) -> None:
        """A row of another version of the program, whose task this one doesn't know, fails as other rows do."""
        task = self._broker.find_task(name)
        self._in_hand += self._is_local
        if task is None:
            await self.perform(row)
        else:
            await task.kiq(row)

    async def _consume(self, stop: asyncio.Event) -> None:
        """Redis may go away and come back empty: the group of consumers is made anew each time."""
        self._broker.is_worker_process = True
        is_there = True
        while not stop.is_set():
            try:
                await self._broker.startup()
                is_there = True
                receiver = Receiver(
                    self._broker, max_async_tasks=AT_ONCE, run_startup=False, ack_type=AcknowledgeType.WHEN_EXECUTED
                )
                await receiver.listen(stop)
            except Exception as error:  # noqa: BLE001  # taskiq raises groups of whatever the connection raised
                if is_there:
                    _log.warning("redis away", error=type(error).__name__)
                is_there = False
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL):
                        await stop.wait()

    async def _leave(self, relay: asyncio.Task[None], *consumer: asyncio.Task[None]) -> None:
        """First nothing more is handed out; then what has been handed out here is done, begun or not.

        Whoever listens may not hear of it: the driver of Redis takes a cancellation for one of its own timeouts now and
        then, and taskiq shields what waits for it. The end of the event loop ends that as well.
        """
        relay.cancel()
        await asyncio.wait({relay}, timeout=LEAVING)
        left: set[asyncio.Task[Any]] = {relay, *consumer, *self._doing}
        if isinstance(self._broker, InMemoryBroker):
            left.add(asyncio.create_task(self._broker.wait_all()))
        _, late = await asyncio.wait(left, timeout=LEAVING)
        for task in late | self._doing:
            task.cancel()
        done, _ = await asyncio.wait(left | self._doing, timeout=LEAVING)
        await asyncio.gather(*done, return_exceptions=True)
        await self._broker.shutdown()

    def _say(self, error: Exception | None) -> None:
        """Once when it turns, not each second."""
        if error is not None and self._is_well:
            _log.warning("tasks wait", error=type(error).__name__)
        if error is None and not self._is_well:
            _log.info("tasks are handed out again")
        self._is_well = error is None


def _broker(redis: str) -> AsyncBroker:
    """Redis holds ids of rows only, and no more than `STREAM_LENGTH` of them."""
    if not redis:
        return InMemoryBroker(max_async_tasks=AT_ONCE)
    return RedisStreamBroker(
        redis,
        queue_name=STREAM,
        consumer_group_name=STREAM,
        consumer_id="0",
        maxlen=STREAM_LENGTH,
        max_connection_pool_size=AT_ONCE * 2,
        unacknowledged_lock_timeout=REDIS_PATIENCE * 2,
        socket_timeout=REDIS_PATIENCE,
        socket_connect_timeout=REDIS_PATIENCE,
    )
