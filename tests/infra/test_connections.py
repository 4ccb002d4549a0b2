"""When connections end of which nobody asks anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypercorn.asyncio import run, serve
from hypercorn.config import Config

from blogapp.infra import connections
from blogapp.infra.server import listen

KEEP_ALIVE = 0.4
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n"


async def app(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(2 * KEEP_ALIVE)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"OK", "more_body": False})


@dataclass
class Serving:
    port: int
    stop: asyncio.Event
    task: asyncio.Task[None]


@pytest.fixture
async def serving(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serving]:
    monkeypatch.setattr(run, "TCPServer", run.TCPServer)
    connections.be_patient()
    config = Config()
    config.errorlog = None
    config.keep_alive_timeout = KEEP_ALIVE
    with listen("127.0.0.1", 0) as sock:
        config.bind = [f"fd://{sock.fileno()}"]
        stop = asyncio.Event()
        task = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
        yield Serving(sock.getsockname()[1], stop, task)
        stop.set()
        await task
        sock.detach()


async def test_it_is_kept_while_it_is_used(serving: Serving):
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    for _ in range(4):
        await asyncio.sleep(KEEP_ALIVE * 0.6)
        writer.write(REQUEST)
        assert (await reader.readuntil(b"\r\n\r\nOK")).startswith(b"HTTP/1.1 200")
    began = time.monotonic()
    assert await reader.read() == b""
    assert KEEP_ALIVE * 0.5 < time.monotonic() - began < KEEP_ALIVE * 5
    writer.close()


async def test_a_slow_answer_is_no_idleness(serving: Serving):
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    writer.write(SLOW)
    assert (await reader.read()).endswith(b"\r\n\r\nOK")
    writer.close()


async def test_one_that_never_asks_is_closed(serving: Serving):
    reader, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    async with asyncio.timeout(KEEP_ALIVE * 5):
        assert await reader.read() == b""
    writer.close()


async def test_a_stop_ends_the_idle_at_once_and_the_busy_when_they_are_answered(serving: Serving):
    idle, unused = await asyncio.open_connection("127.0.0.1", serving.port)
    busy, writer = await asyncio.open_connection("127.0.0.1", serving.port)
    writer.write(SLOW)
    await asyncio.sleep(KEEP_ALIVE / 4)
    serving.stop.set()
    async with asyncio.timeout(KEEP_ALIVE / 2):
        assert await idle.read() == b""
    assert (await busy.read()).endswith(b"\r\n\r\nOK")
    async with asyncio.timeout(KEEP_ALIVE):
        await serving.task
    unused.close()
    writer.close()
