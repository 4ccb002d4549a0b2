"""When a connection that waits for its next request is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from hypercorn.asyncio import run, serve
from hypercorn.config import Config

from blogapp.infra import pauses
from blogapp.infra.server import listen
from tests.waiting import until

ASK = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
SHORT = 0.2
"""Seconds."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Server:
    """Answers once `may_answer` is set."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.asked = asyncio.Event()
        self.stop = asyncio.Event()
        self.port = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        await receive()
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok", "more_body": False})

    async def connect(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port)


Serving = Callable[[float], AbstractAsyncContextManager[Server]]


@pytest.fixture
async def serving(monkeypatch: pytest.MonkeyPatch) -> Serving:
    monkeypatch.setattr(run, "TCPServer", run.TCPServer)
    pauses.note()

    @asynccontextmanager
    async def serving(seconds: float) -> AsyncIterator[Server]:
        """With this much patience for connections that ask nothing."""
        config = Config()
        config.errorlog = None
        config.keep_alive_timeout = seconds
        server = Server()
        with listen("127.0.0.1", 0) as sock:
            server.port = sock.getsockname()[1]
            config.bind = [f"fd://{sock.fileno()}"]
            ending = asyncio.create_task(serve(server, config, shutdown_trigger=server.stop.wait))
            yield server
            server.stop.set()
            async with asyncio.timeout(10):
                await ending
            sock.detach()

    return serving


async def _answered(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        return await reader.readuntil(b"ok")


async def _ended(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(10):
        assert await reader.read() == b""


async def test_a_connection_that_asks_nothing_is_closed(serving: Serving):
    async with serving(SHORT) as server:
        reader, writer = await server.connect()
        await _ended(reader)
        writer.close()


async def test_a_connection_that_asks_nothing_more_is_closed(serving: Serving):
    async with serving(SHORT) as server:
        reader, writer = await server.connect()
        writer.write(ASK)
        assert (await _answered(reader)).startswith(b"HTTP/1.1 200")
        await _ended(reader)
        writer.close()


async def test_an_answer_may_take_longer_than_a_pause(serving: Serving):
    async with serving(SHORT) as server:
        server.may_answer.clear()
        reader, writer = await server.connect()
        writer.write(ASK)
        await server.asked.wait()
        await asyncio.sleep(5 * SHORT)
        server.may_answer.set()
        assert (await _answered(reader)).startswith(b"HTTP/1.1 200")
        await _ended(reader)
        writer.close()


async def test_pauses_are_not_added_up(serving: Serving):
    async with serving(4) as server:
        reader, writer = await server.connect()
        for _ in range(4):
            writer.write(ASK)
            assert (await _answered(reader)).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(1.4)
        writer.close()


async def test_a_server_that_ends_closes_pauses_and_finishes_answers(serving: Serving):
    async with serving(60) as server:
        paused, writer = await server.connect()
        writer.write(ASK)
        await _answered(paused)
        server.asked.clear()
        server.may_answer.clear()
        busy, another = await server.connect()
        another.write(ASK)
        await server.asked.wait()
        server.stop.set()
        await _ended(paused)
        server.may_answer.set()
        await _answered(busy)
        await _ended(busy)
        for one in (writer, another):
            one.close()


@pytest.mark.parametrize("is_asking", [False, True])
async def test_nothing_stays_of_a_client_that_left(serving: Serving, *, is_asking: bool):
    async with serving(60) as server:
        reader, stays = await server.connect()
        stays.write(ASK)
        await _answered(reader)
        before = asyncio.all_tasks()
        server.asked.clear()
        server.may_answer.clear()
        _, leaves = await server.connect()
        await until(lambda: asyncio.all_tasks() - before)
        if is_asking:
            leaves.write(ASK)
            await server.asked.wait()
        leaves.close()
        await leaves.wait_closed()
        server.may_answer.set()
        await until(lambda: not asyncio.all_tasks() - before)
        stays.close()
