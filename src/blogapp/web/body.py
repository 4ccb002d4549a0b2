"""Request bodies, counted as they arrive: the application only ever sees one that is whole and small enough.

A client that goes on sending after a refusal is read for a while: a server that closes at once resets the
connection before the client has seen why (RFC 9112, 9.6), and Hypercorn waits for ever for one that reads no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

from hypercorn.typing import ASGIReceiveCallable

LINGER_SECONDS = 2.0
LINGER_BYTES = 8 * 1024 * 1024
"""Read at full speed after a refusal, about what is under way in sockets; what is above has to wait."""

PARTING_SECONDS = 5.0
"""A client may close its side and still read (RFC 9112, 9.6): so long its request goes on."""

Send = Callable[[Any], Awaitable[None]]


class BodyRefused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class Lingering:
    """`receive` and `send` of a request that is refused while its body may still be arriving."""

    def __init__(self, receive: ASGIReceiveCallable, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._delivered = False
        self._hurry = asyncio.Event()
        self._ended = asyncio.Event()

    async def receive(self) -> Any:
        """An empty body, then the end."""
        if not self._delivered:
            self._delivered = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] != "http.response.body" or message.get("more_body"):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        reading = asyncio.create_task(self._read_away())
        await asyncio.wait({reading}, timeout=LINGER_SECONDS)
        self._hurry.set()
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        self._ended.set()
        await asyncio.wait({reading}, timeout=LINGER_SECONDS)
        reading.cancel()

    async def _read_away(self) -> None:
        size = 0
        while (message := await self._receive())["type"] == "http.request" and message.get("more_body"):
            size += len(message.get("body", b""))
            if size > LINGER_BYTES:
                await self._hurry.wait()


async def read_body(receive: ASGIReceiveCallable, given: dict[bytes, bytes], limit: int, seconds: float) -> bytes:
    """The whole body. Raises BodyRefused: 413 above `limit` bytes, 408 when it takes longer than `seconds`."""
    announced = given.get(b"content-length", b"")
    if announced.isdigit() and (len(announced) > len(str(limit)) or int(announced) > limit):
        raise too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(receive, limit)
    except TimeoutError:
        raise BodyRefused(408, "body_timeout", f"The request took longer than {seconds:g} seconds to arrive.") from None


def replay(body: bytes, receive: ASGIReceiveCallable, answered: Callable[[], Awaitable[None]]) -> ASGIReceiveCallable:
    """A `receive` that hands over the whole body, then waits for the client to leave.

    Quart cancels a request whose client has left, but one that only closed its side still reads: it is told of once
    the request is `answered`, or a little later.
    """
    delivered = False

    async def receive_again() -> Any:
        nonlocal delivered
        if not delivered:
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING_SECONDS):
                await answered()
        return message

    return cast(ASGIReceiveCallable, receive_again)


async def _collect(receive: ASGIReceiveCallable, limit: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyRefused(400, "body_incomplete", "The request ended before its body was whole.")
        size += len(message.get("body", b""))
        if size > limit:
            raise too_large(limit)
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def too_large(limit: int) -> BodyRefused:
    return BodyRefused(413, "body_too_large", f"The request is larger than {limit:,} bytes.")
