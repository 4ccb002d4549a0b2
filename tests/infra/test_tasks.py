"""Tasks: done at last, side by side, again after a failure, once for each slot of time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from structlog.testing import capture_logs
from taskiq_redis import RedisStreamBroker

from blogapp.infra import logs, outbox, tasks
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.outbox import Hopeless, Work
from blogapp.infra.tasks import Handler, Patience, Tasks
from tests import sql
from tests.redis_server import RedisServer
from tests.waiting import until

PATIENCE = Patience(lease=5, tries=4, wait=0.05)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url, Events())
    yield db
    await db.close()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "POLL", 0.1)


def engine(db: Database, redis: str = "", patience: Patience = PATIENCE, **handlers: Handler) -> Tasks:
    return Tasks(db, handlers, {}, patience, redis)


class Greeter:
    """Notes whom it greets; raises first what it is given to raise."""

    def __init__(self, *errors: Exception, seconds: float = 0) -> None:
        self.greeted: list[str] = []
        self.requests: set[str] = set()
        self._errors = list(errors)
        self._seconds = seconds

    async def __call__(self, work: Work) -> None:
        self.requests.add(logs.request_id.get())
        if self._errors:
            raise self._errors.pop(0)
        await asyncio.sleep(self._seconds)
        self.greeted.append(work.key)


async def put(db: Database, *keys: str, task: str = "greet") -> None:
    async with db.transaction() as session:
        for key in keys:
            await outbox.put(session, task, key)


def rows(url: str) -> list[Any]:
    return sql.rows(url, "SELECT key, state, tries, last_error FROM outbox ORDER BY id")


async def test_what_is_put_is_done_at_once_with_the_name_of_its_request(db: Database, database_url: str):
    greeter = Greeter()
    token = logs.request_id.set("r-1")
    async with engine(db, greet=greeter).running(works=False):
        await put(db, "a", "b")
        await until(lambda: [row[1] for row in rows(database_url)] == ["done", "done"])
    logs.request_id.reset(token)
    assert sorted(greeter.greeted) == ["a", "b"]
    assert greeter.requests == {"r-1"}


async def test_whenever_a_process_stops_it_begins_nothing_afterwards(db: Database):
    begun: list[str] = []

    async def greet(work: Work) -> None:
        begun.append(work.key)

    for number in range(20):
        await put(db, f"n{number}")
        async with engine(db, greet=greet).running(works=False):
            await asyncio.sleep(number / 1_000)
        before = list(begun)
        await asyncio.sleep(0.02)
        assert begun == before
    assert begun


async def test_a_backlog_is_done_once_each_by_two_processes(db: Database, database_url: str):
    await put(db, *(f"n{number}" for number in range(60)))
    greeter = Greeter(seconds=0.01)
    other = Database(database_url, Events())
    async with engine(db, greet=greeter).running(works=False), engine(other, greet=greeter).running(works=False):
        await until(lambda: len(greeter.greeted) == 60)
        await until(lambda: all(row[1] == "done" for row in rows(database_url)))
    await other.close()
    assert len(set(greeter.greeted)) == 60


async def test_what_fails_is_tried_again(db: Database, database_url: str):
    greeter = Greeter(OSError("no route"), ValueError("a\0b"))
    async with engine(db, greet=greeter).running(works=False):
        await put(db, "a")
        await until(lambda: rows(database_url) == [("a", "done", 3, "")])
    assert greeter.greeted == ["a"]


async def test_tries_end_and_the_row_says_why(db: Database, database_url: str):
    greeter = Greeter(*[OSError("no route")] * 9)
    async with engine(db, greet=greeter).running(works=False):
        await put(db, "a")
        await until(lambda: rows(database_url) == [("a", "dead", 4, "OSError: no route")])


async def test_what_is_hopeless_is_dead_at_once(db: Database, database_url: str):
    async with engine(db, greet=Greeter(Hopeless("no such mailbox"))).running(works=False):
        await put(db, "a")
        await until(lambda: rows(database_url) == [("a", "dead", 1, "Hopeless: no such mailbox")])


async def test_a_task_nobody_knows_dies_like_others(db: Database, database_url: str):
    async with engine(db, greet=Greeter()).running(works=False):
        await put(db, "a", task="juggle")
        await until(lambda: rows(database_url) == [("a", "dead", 4, "KeyError: 'juggle'")])


async def test_a_task_ends_with_its_lease(db: Database, database_url: str):
    patience = Patience(lease=0.3, tries=1, wait=0.05)
    async with engine(db, patience=patience, greet=Greeter(seconds=60)).running(works=False):
        await put(db, "a")
        await until(lambda: rows(database_url)[0][1:3] == ("dead", 1))
    assert rows(database_url)[0][3].startswith("TimeoutError")


async def test_what_kills_each_process_is_given_up(db: Database, database_url: str):
    await put(db, "a")
    sql.run(database_url, "UPDATE outbox SET tries = 4")
    async with engine(db, greet=Greeter()).running(works=False):
        await until(lambda: rows(database_url)[0][1] == "dead")
    assert rows(database_url)[0][3] == "Hopeless: each process that tried this died"


async def test_what_is_being_done_is_finished_before_the_process_ends(db: Database, database_url: str):
    greeter = Greeter(seconds=0.3)
    async with engine(db, greet=greeter).running(works=False):
        await put(db, "a")
        await until(lambda: rows(database_url)[0][1] == "running")
    assert rows(database_url) == [("a", "done", 1, "")]


async def test_periodic_work_is_done_once_in_each_slot_by_however_many(db: Database, database_url: str):
    greeter = Greeter()
    others = [Database(database_url, Events()) for _ in range(2)]
    with time_machine.travel(datetime(2026, 1, 1, 12, 30, tzinfo=UTC), tick=True) as clock:
        running = [Tasks(one, {"greet": greeter}, {"greet": 3600}, PATIENCE, "") for one in (db, *others)]
        async with running[0].running(works=False), running[1].running(works=False), running[2].running(works=False):
            await until(lambda: len(greeter.greeted) == 1)
            clock.shift(timedelta(hours=1))
            await until(lambda: len(greeter.greeted) == 2)
            await asyncio.sleep(0.3)
    for other in others:
        await other.close()
    assert len(set(greeter.greeted)) == len(greeter.greeted) == 2


def test_pauses_grow_twofold_up_to_an_hour_and_are_never_quite_alike():
    patience = Patience(lease=1, tries=99, wait=5)
    pauses = [[patience.after(tries) for _ in range(50)] for tries in (1, 2, 3, 50)]
    for around, found in zip((5, 10, 20, 3600), pauses, strict=True):
        seconds = [pause.total_seconds() for pause in found if pause]
        assert len(set(seconds)) > 1
        assert 0.75 * around <= min(seconds) <= max(seconds) <= 1.25 * around
    assert patience.after(99) is None


async def test_with_redis_only_who_works_does_it(db: Database, database_url: str, redis: RedisServer):
    greeter, nobody = Greeter(), Greeter()
    async with engine(db, redis.url, greet=nobody).running(works=False):
        await put(db, "a", "b", "c")
        await asyncio.sleep(0.5)
        assert {row[1] for row in rows(database_url)} == {"waiting"}
        other = Database(database_url, Events())
        async with engine(other, redis.url, greet=greeter).running(works=True):
            await until(lambda: {row[1] for row in rows(database_url)} == {"done"})
        await other.close()
    assert sorted(greeter.greeted) == ["a", "b", "c"]
    assert nobody.greeted == []


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_what_redis_forgot_is_handed_out_again(
    db: Database, database_url: str, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    """Killed with everything it held, and back."""
    monkeypatch.setattr(outbox, "HANDED_AGAIN", timedelta(seconds=1))
    monkeypatch.setattr(tasks, "REDIS_PATIENCE", 3.0)
    greeter = Greeter()
    async with engine(db, redis.url, greet=greeter).running(works=True):
        await put(db, "a")
        await until(lambda: greeter.greeted == ["a"])
        redis.kill()
        await put(db, "b", "c")
        await asyncio.sleep(0.5)
        assert greeter.greeted == ["a"]
        redis.start()
        await until(lambda: sorted(greeter.greeted) == ["a", "b", "c"])
        await until(lambda: {row[1] for row in rows(database_url)} == {"done"})


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_while_redis_is_away_tasks_wait_for_it_and_no_longer(
    db: Database, database_url: str, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    """Said once; when it is back nothing waits to be handed out a second time."""
    monkeypatch.setattr(outbox, "HANDED_AGAIN", timedelta(hours=1))
    greeter = Greeter()
    redis.kill()
    with capture_logs() as lines:
        async with engine(db, redis.url, greet=greeter).running(works=True):
            await put(db, "a")
            await asyncio.sleep(0.8)
            redis.start()
            await until(lambda: greeter.greeted == ["a"])
    assert Counter(line["event"] for line in lines) == {
        "redis away": 1,
        "tasks wait": 1,
        "tasks are handed out again": 1,
        "task done": 1,
    }


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_process_ends_though_the_driver_of_redis_does_not_hear_that_it_is_to(
    database_url: str, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
):
    """Now and then it takes a cancellation for one of its own timeouts, and reads on."""
    reading = asyncio.Event()

    async def listen(_broker: RedisStreamBroker) -> AsyncIterator[bytes]:
        while True:
            was_reading = reading.is_set()
            reading.set()
            try:
                await asyncio.sleep(PATIENCE.lease * 60)
            except asyncio.CancelledError:
                if was_reading:
                    raise
                continue
            yield b""

    async def work() -> None:
        db = Database(database_url, Events())
        async with engine(db, redis.url).running(works=True):
            await reading.wait()
        await db.close()

    monkeypatch.setattr(tasks, "LEAVING", 0.2)
    monkeypatch.setattr(RedisStreamBroker, "listen", listen)
    async with asyncio.timeout(20):
        await asyncio.to_thread(asyncio.run, work())
