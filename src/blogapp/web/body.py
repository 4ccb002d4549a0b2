"""Request bodies, counted as they arrive: the application only ever sees one that is whole and small enough.

A client that goes on sending after a refusal is read for a while: a server that stops reading resets the
connection before the client has seen why (RFC 9112, 9.6), and Hypercorn would wait for ever.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from hypercorn.typing import ASGIReceiveCallable

DRAIN_SECONDS = 5.0


class BodyRefused(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


async def read_body(receive: ASGIReceiveCallable, given: dict[bytes, bytes], limit: int, seconds: float) -> bytes:
    """The whole body. Raises BodyRefused: 413 above `limit` bytes, 408 when it takes longer than `seconds`."""
    announced = given.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            return await _collect(receive, limit)
    except TimeoutError:
        raise BodyRefused(408, "body_timeout", f"The request took longer than {seconds:g} seconds to arrive.") from None


def replay(body: bytes, receive: ASGIReceiveCallable) -> ASGIReceiveCallable:
    """A `receive` that hands over the whole body, then waits for the client to leave."""
    delivered = False

    async def receive_again() -> Any:
        nonlocal delivered
        if not delivered:
            delivered = True
            return {"type": "http.request", "body": body, "more_body": False}
        while (message := await receive())["type"] != "http.disconnect":
            pass
        return message

    return cast(ASGIReceiveCallable, receive_again)


async def drain(receive: ASGIReceiveCallable) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return


async def _collect(receive: ASGIReceiveCallable, limit: int) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BodyRefused(400, "body_incomplete", "The request ended before its body was whole.")
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large(limit: int) -> BodyRefused:
    return BodyRefused(413, "body_too_large", f"The request is larger than {limit:,} bytes.")
