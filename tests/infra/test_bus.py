"""What one process tells, all hear; alone, and through a Redis that comes and goes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import redis.asyncio as driver
from structlog.testing import capture_logs

from blogapp.infra import redis_bus
from blogapp.infra.bus import HISTORY, Bus, Message
from blogapp.infra.redis_bus import RedisBus
from tests.redis_server import RedisServer
from tests.waiting import until

PATIENCE = 15.0
LONGEST = 2.0
"""Seconds for what takes 0.1 on a machine that has nothing else to do."""


@dataclass
class Ear:
    """A subscriber that remembers."""

    bus: Bus
    heard: list[Message] = field(default_factory=list)
    interruptions: int = 0

    def __post_init__(self) -> None:
        self.bus.subscribe(self.heard.append, self._interrupted)

    @property
    def numbers(self) -> list[Any]:
        return [message.document["number"] for message in self.heard]

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.heard]

    def _interrupted(self) -> None:
        self.interruptions += 1


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Ear]:
    """One of several that share a Redis."""
    bus = RedisBus(url)
    ear = Ear(bus)
    await bus.open()
    try:
        yield ear
    finally:
        await bus.close()


async def all_whole(*ears: Ear) -> None:
    await until(lambda: all(ear.bus.is_whole for ear in ears))


async def tell(ear: Ear, *numbers: int) -> None:
    for number in numbers:
        await ear.bus.publish({"number": number})


def after(bus: Bus, id: str) -> list[Any] | None:
    found = bus.since(id)
    return None if found is None else [message.document["number"] for message in found]


async def test_alone_everybody_hears_everything_in_order():
    bus = Bus()
    first, second = Ear(bus), Ear(bus)
    start = bus.newest
    await tell(first, *range(5))
    assert first.numbers == second.numbers == [0, 1, 2, 3, 4]
    assert first.ids[-1] == bus.newest
    assert len(set(first.ids)) == 5
    assert after(bus, start) == [0, 1, 2, 3, 4]
    assert after(bus, first.ids[2]) == [3, 4]
    assert after(bus, bus.newest) == []


async def test_what_is_too_old_or_unknown_is_not_told():
    ear = Ear(Bus())
    await tell(ear, *range(HISTORY + 5))
    assert ear.bus.since(ear.ids[3]) is None
    assert after(ear.bus, ear.ids[4]) == list(range(5, HISTORY + 5))
    assert ear.bus.since("1-1") is None
    assert Bus().since(ear.ids[-1]) is None


async def test_a_subscriber_that_fails_fails_nobody_else():
    bus = Bus()
    bus.subscribe(lambda _message: 1 / 0, lambda: None)
    ear = Ear(bus)
    await tell(ear, 1)
    assert ear.numbers == [1]


async def test_processes_hear_each_other_under_the_same_ids(redis: RedisServer):
    async with process(redis.url) as one, process(redis.url) as two:
        await all_whole(one, two)
        await tell(one, 1)
        assert one.numbers == [1]
        await tell(two, 2)
        await until(lambda: len(one.heard) == len(two.heard) == 2)
        assert one.heard == two.heard
        assert after(two.bus, one.ids[0]) == [2]
        async with process(redis.url) as late:
            await all_whole(late)
            assert late.heard == []
            assert after(late.bus, "0-0") == [1, 2]
            assert after(late.bus, one.ids[0]) == [2]
        assert one.interruptions == two.interruptions == 0


async def test_what_was_told_while_a_process_had_no_connection_is_caught_up(redis: RedisServer):
    async with process(redis.url) as one, process(redis.url) as two:
        await all_whole(one, two)
        await tell(one, 1)
        await until(lambda: two.heard)
        while not two.bus._following.done():  # it stands still
            two.bus._following.cancel()
            await asyncio.wait({two.bus._following}, timeout=0.1)
        await tell(one, 2, 3)
        await two.bus.open()
        await until(lambda: two.numbers == [1, 2, 3])
        assert two.ids == one.ids


async def test_without_redis_a_process_hears_itself_and_all_are_told_that_they_missed_some(redis: RedisServer):
    async with process(redis.url) as one, process(redis.url) as two:
        await all_whole(one, two)
        await tell(one, 1)
        await until(lambda: two.heard)
        redis.kill()
        try:
            await until(lambda: one.interruptions and two.interruptions)
            await tell(one, 2)
            assert one.numbers == [1, 2]
            assert not one.bus.is_whole
            before = (one.interruptions, two.interruptions)
        finally:
            redis.start()
        await all_whole(one, two)
        await until(lambda: one.interruptions > before[0] and two.interruptions > before[1])
        assert two.bus.since(two.ids[0]) is None
        await tell(two, 3)
        await until(lambda: one.numbers == [1, 2, 3])
        assert two.numbers == [1, 3]
        assert one.ids[-1] == two.ids[-1]


async def test_a_redis_that_hangs_holds_nobody_for_long(redis: RedisServer):
    async with process(redis.url) as one, process(redis.url) as two:
        await all_whole(one, two)
        redis.pause()
        try:
            for number in range(3):
                started = time.monotonic()
                await tell(one, number)
                assert time.monotonic() - started < LONGEST
            assert one.numbers == [0, 1, 2]
            assert one.interruptions == 1
            await until(lambda: two.interruptions)
        finally:
            redis.resume()
        await all_whole(one, two)
        await until(lambda: one.interruptions > 1)
        assert one.numbers == [0, 1, 2]
        await tell(one, 3)
        await until(lambda: two.numbers[-1:] == [3])
        assert one.numbers == [0, 1, 2, 3]


async def test_redis_may_come_later(redis: RedisServer):
    redis.kill()
    try:
        with capture_logs() as lines:
            async with process(redis.url) as one:
                await tell(one, 1)
        assert [line["event"] for line in lines] == ["redis away"]
        async with process(redis.url) as one:
            await tell(one, 1)
            assert one.numbers == [1]
            redis.start()
            await all_whole(one)
            await until(lambda: one.interruptions)
            assert one.bus.since(one.ids[0]) is None
            await tell(one, 2)
            assert one.numbers == [1, 2]
    finally:
        redis.kill()
        redis.start()


async def test_a_process_that_stood_still_for_long_says_so(redis: RedisServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(redis_bus, "HISTORY", 5)
    async with process(redis.url) as one:
        await all_whole(one)
        async with driver.Redis.from_url(redis.url) as client, client.pipeline() as pipe:
            for number in range(9):
                pipe.xadd(redis_bus.STREAM, {"key": str(number), "document": b'{"number": 1}'})
            await pipe.execute()
        await until(lambda: one.interruptions)
        await tell(one, 2)
        assert one.numbers[-1] == 2
