"""The Redis that the suite brings along is a real one."""

from __future__ import annotations

import pytest
import redis as driver

from tests.redis_server import RedisServer


def test_it_keeps_what_it_is_told_until_it_is_killed(redis: RedisServer) -> None:
    with driver.Redis.from_url(redis.url) as client:
        client.set("word", "kept")
        assert client.get("word") == b"kept"
    redis.kill()
    with driver.Redis.from_url(redis.url) as client, pytest.raises(driver.ConnectionError):
        client.ping()
    redis.start()
    with driver.Redis.from_url(redis.url) as client:
        assert client.get("word") is None


def test_it_answers_nothing_while_it_is_paused(redis: RedisServer) -> None:
    redis.pause()
    try:
        with driver.Redis.from_url(redis.url, socket_timeout=0.05) as client, pytest.raises(driver.TimeoutError):
            client.ping()
    finally:
        redis.resume()
