"""What one process changes the others show soon, whatever happens to the Redis between them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from quart import Quart

from tests.accounts import make as accounts
from tests.people import PASSWORD, Person, resources
from tests.posts import make
from tests.redis_server import RedisServer
from tests.serving import serving
from tests.waiting import until

WITHIN = 5.0
"""Seconds for what takes less than one on a machine that has nothing else to do."""


@pytest.fixture
async def one(database_url: str, redis: RedisServer) -> AsyncIterator[Quart]:
    async with serving(database_url, redis_url=redis.url) as one:
        yield one


@pytest.fixture
async def other(database_url: str, redis: RedisServer) -> AsyncIterator[Quart]:
    async with serving(database_url, redis_url=redis.url) as other:
        yield other


@pytest.fixture
async def ada(one: Quart) -> Person:
    return await accounts.user(one, "ada")


def _kept(app: Quart) -> int:
    return len(app.asgi_app._pages._pages)


async def _home(app: Quart) -> str:
    return await (await app.test_client().get("/")).get_data(as_text=True)


async def _keep_home(*apps: Quart) -> None:
    """Not always the first: a process that stood still for long takes Redis for gone, and keeps nothing until it is back."""
    async with asyncio.timeout(WITHIN):
        for app in apps:
            while not _kept(app):
                await _home(app)
                await asyncio.sleep(0.01)


async def _shows(app: Quart, title: str) -> None:
    async with asyncio.timeout(WITHIN):
        while title not in await _home(app):  # noqa: ASYNC110  # another process sets no event
            await asyncio.sleep(0.01)


async def test_what_one_process_changes_the_other_shows(one: Quart, other: Quart, ada: Person):
    for number in range(3):
        await _keep_home(one, other)
        await make.post(one, ada, f"Number {number}")
        assert f"Number {number}" in await _home(one)
        await _shows(other, f"Number {number}")


async def test_a_command_makes_every_process_forget(
    one: Quart, other: Quart, ada: Person, database_url: str, redis: RedisServer
):
    await _keep_home(one, other)
    await asyncio.to_thread(_set_password, database_url, redis.url)
    await until(lambda: not _kept(one) and not _kept(other))


async def test_without_redis_nothing_is_kept(one: Quart, other: Quart, ada: Person, redis: RedisServer):
    await _keep_home(other)
    redis.kill()
    await until(lambda: not resources(other).bus.is_whole)
    assert not _kept(other)
    await make.post(one, ada, "While Redis is dead")
    assert "While Redis is dead" in await _home(other)
    assert not _kept(other)
    redis.start()
    await until(lambda: resources(one).bus.is_whole and resources(other).bus.is_whole)
    await _keep_home(other)
    await make.post(one, ada, "Redis is back")
    await _shows(other, "Redis is back")


async def test_a_redis_that_hangs_makes_no_page_stale_for_longer(
    one: Quart, other: Quart, ada: Person, redis: RedisServer
):
    await _keep_home(other)
    redis.pause()
    try:
        await make.post(one, ada, "While Redis hangs")
        await _shows(other, "While Redis hangs")
    finally:
        redis.resume()
    await until(lambda: resources(one).bus.is_whole and resources(other).bus.is_whole)
    await make.post(one, ada, "Redis goes on")
    await _shows(other, "Redis goes on")


def _set_password(database_url: str, redis_url: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "blogapp", "users", "set-password", "ada", "--password-stdin"],
        input=f"another {PASSWORD}",
        text=True,
        check=True,
        capture_output=True,
        env={**os.environ, "BLOGAPP_ENV": "testing", "DATABASE_URL": database_url, "REDIS_URL": redis_url},
    )
