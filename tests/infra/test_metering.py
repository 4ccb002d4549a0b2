"""Counting of API calls goes on, whatever happens to Redis, and slows nobody down."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from quart import Quart

from blogapp.infra.metering import SharedMeter, metering
from blogapp.infra.redis import PATIENCE
from tests.people import Client
from tests.redis_server import RedisServer
from tests.serving import serving

CALLS = 100
TOGETHER = CALLS * PATIENCE / 4
"""Seconds: one after the other the calls would wait four times as long, and a busy machine adds to either."""
WINDOW = 60


@pytest.fixture
async def meter(redis: RedisServer) -> AsyncIterator[SharedMeter]:
    async with metering(redis.url) as meter:
        assert isinstance(meter, SharedMeter)
        yield meter


async def back(meter: SharedMeter) -> None:
    assert meter._redis._returning is not None
    await asyncio.wait_for(meter._redis._returning, 10)


async def test_two_processes_count_together(meter: SharedMeter, redis: RedisServer):
    async with metering(redis.url) as other:
        assert [await one.incr("ada", WINDOW) for one in (meter, other, meter)] == [1, 2, 3]
        assert await other.get("ada") == 3
        assert 0 < await other.get_expiry("ada") - time.time() <= WINDOW
        await other.clear("ada")
    assert await meter.incr("ada", WINDOW) == 1


async def test_a_redis_that_is_killed_is_done_without_and_taken_again(meter: SharedMeter, redis: RedisServer):
    assert await meter.incr("ada", WINDOW) == 1
    redis.kill()
    try:
        assert [await meter.incr("ada", WINDOW) for _ in range(3)] == [1, 2, 3]
        assert meter._redis.is_away
    finally:
        redis.start()
    await back(meter)
    assert await meter.incr("ada", WINDOW) == 1


async def test_a_redis_that_hangs_is_waited_for_once(meter: SharedMeter, redis: RedisServer):
    assert await meter.incr("ada", WINDOW) == 1
    redis.pause()
    try:
        started = time.perf_counter()
        assert await meter.incr("ada", WINDOW) == 1
        assert PATIENCE <= time.perf_counter() - started < TOGETHER
        started = time.perf_counter()
        assert [await meter.incr("ada", WINDOW) for _ in range(CALLS)][-1] == 1 + CALLS
        assert time.perf_counter() - started < TOGETHER
        await asyncio.sleep(3 * PATIENCE)  # it is asked again meanwhile, behind everybody's back
        assert meter._redis.is_away
    finally:
        redis.resume()
    await back(meter)
    assert await meter.incr("ada", WINDOW) >= 2


async def test_a_redis_that_never_was_is_done_without():
    async with metering("redis://127.0.0.1:1/0") as meter:
        assert [await meter.incr("ada", WINDOW) for _ in range(3)] == [1, 2, 3]


async def test_callers_at_once_wait_side_by_side(meter: SharedMeter, redis: RedisServer):
    await meter.incr("ada", WINDOW)
    redis.pause()
    try:
        started = time.perf_counter()
        assert sorted(await asyncio.gather(*(meter.incr("bob", WINDOW) for _ in range(CALLS)))) == list(
            range(1, CALLS + 1)
        )
        assert time.perf_counter() - started < TOGETHER
    finally:
        redis.resume()


class TestThroughTheApplication:
    @pytest.fixture
    def settings(self, redis: RedisServer) -> dict[str, Any]:
        return {"rate_limits": "on", "limit_api": "3/hour", "redis_url": redis.url}

    async def test_limits_hold_with_redis_and_without(self, app: Quart, client: Client, redis: RedisServer):
        assert await _statuses(client) == [200, 200, 200, 429]
        redis.kill()
        try:
            assert await _statuses(client) == [200, 200, 200, 429]
            assert (await client.get("/")).status_code == 200
        finally:
            redis.start()

    async def test_another_process_knows_what_was_counted(
        self, database_url: str, settings: dict[str, Any], client: Client
    ):
        assert await _statuses(client, 2) == [200, 200]
        async with serving(database_url, **settings) as other:
            answer = await other.test_client().get("/api/posts")
            assert answer.headers["RateLimit-Remaining"] == "0"


async def _statuses(client: Client, count: int = 4) -> list[int]:
    return [(await client.get("/api/posts")).status_code for _ in range(count)]
