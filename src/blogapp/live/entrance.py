"""`/api/live`, raw ASGI around Quart: Quart decides who may listen, and keeps nothing of those who do.

A handler that streams would hold a request context, several tasks and the connection's whole history of hooks for
each listener, for hours. So it only says yes or no, and what follows happens here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope, WebsocketScope

from blogapp.actor import ANONYMOUS, Actor
from blogapp.live.hub import Hub
from blogapp.live.listener import LEFT, Ending, Frame, Listener, Write
from blogapp.web.body import Send
from blogapp.web.headers import RawHeaders

PATH = "/api/live"
VISIT = "blogapp.live"
STREAM = b"text/event-stream"

LARGEST = 1024
"""Bytes or characters of a message from a listener, who has nothing to say."""
MOST_SAID = 60
"""Messages from a listener in `SAID_WITHIN` seconds."""
SAID_WITHIN = 60.0
LAST_WORDS = 2.0
"""Seconds a listener has to take our farewell."""
LONGEST_REASON = 120
"""Bytes of a close frame's reason (RFC 6455, 5.5)."""

TOO_LARGE = Ending(1009, "That message is too large.")
TOO_MUCH = Ending(1008, "You said too much: this is for listening.")


@dataclass(slots=True)
class Visit:
    """What the handler found out about somebody who wants to listen."""

    hub: Hub
    client: str = ""
    actor: Actor = ANONYMOUS
    topics: frozenset[str] = frozenset()
    since: str | None = None

    def admit(self, client: str, actor: Actor, topics: frozenset[str], since: str | None) -> None:
        """Raises TooManyRequests or Unavailable."""
        self.hub.admit(client)
        self.client, self.actor, self.topics, self.since = client, actor, topics, since

    def leave(self) -> None:
        if self.client:
            self.hub.release(self.client)


@dataclass(slots=True)
class _Verdict:
    """The handler's answer, kept; a refusal may be passed on as it comes."""

    pass_on: Send | None = None
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")
        if self.pass_on is not None and self.status != 200:
            await self.pass_on(message)


class Entrance:
    def __init__(self, app: ASGIFramework, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan" or scope["path"] != PATH:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._visited(self._socket, scope, receive, cast(Send, send))
        elif scope["method"] == "GET" and STREAM in _first(scope["headers"], b"accept"):
            await self._visited(self._stream, scope, receive, cast(Send, send))
        else:
            await self._app(scope, receive, send)

    async def _visited(
        self, serve: Callable[..., Awaitable[None]], scope: Any, receive: ASGIReceiveCallable, send: Send
    ) -> None:
        visit = Visit(self._hub)
        try:
            await serve(visit, scope, receive, send)
        finally:
            visit.leave()

    async def _stream(self, visit: Visit, scope: HTTPScope, receive: ASGIReceiveCallable, send: Send) -> None:
        verdict = _Verdict(send)
        await self._ask({**scope, VISIT: visit}, receive, verdict)
        if verdict.status != 200:
            return
        headers = [(name, value) for name, value in verdict.headers if name.lower() != b"content-length"]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

        async def write(frame: Frame) -> None:
            await send({"type": "http.response.body", "body": frame.event, "more_body": True})

        await _listen(visit, write, _until_left(receive))
        await _say(send, {"type": "http.response.body", "body": b"", "more_body": False})

    async def _socket(self, visit: Visit, scope: WebsocketScope, receive: ASGIReceiveCallable, send: Send) -> None:
        verdict = _Verdict()
        await self._ask(_as_request(scope, visit), receive, verdict)
        await receive()  # the handshake
        await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
        if verdict.status != 200:
            ending = _refusal(verdict)
        else:

            async def write(frame: Frame) -> None:
                await send({"type": "websocket.send", "bytes": None, "text": frame.text})

            ending = await _listen(visit, write, _until_flood(receive))
        if ending is not LEFT:
            await _say(send, {"type": "websocket.close", "code": ending.code, "reason": ending.reason})

    async def _ask(self, scope: Any, receive: ASGIReceiveCallable, verdict: _Verdict) -> None:
        await self._app(cast(HTTPScope, scope), receive, cast(ASGISendCallable, verdict))


async def _listen(visit: Visit, write: Write, until: Awaitable[Ending]) -> Ending:
    """Until the listener leaves, says what it shouldn't, or the hub ends it."""
    listener = None
    said = LEFT
    try:
        async with asyncio.timeout(None) as life:
            listener = Listener(visit.topics, visit.actor, write, life)
            try:
                visit.hub.join(listener, visit.since)
                said = await until
            finally:
                visit.hub.leave(listener)
    except TimeoutError:
        pass
    finally:
        if listener is not None:
            await listener.stop()
    return said if listener is None or listener.ending is LEFT else listener.ending


async def _until_left(receive: ASGIReceiveCallable) -> Ending:
    while (await receive())["type"] != "http.disconnect":
        pass
    return LEFT


async def _until_flood(receive: ASGIReceiveCallable) -> Ending:
    """Reads all the time: what nobody reads is queued by the server, and hides that the client has left."""
    loop = asyncio.get_running_loop()
    said, since = 0, loop.time()
    while True:
        message: Any = await receive()
        if message["type"] == "websocket.disconnect":
            return LEFT
        if len(message.get("text") or message.get("bytes") or "") > LARGEST:
            return TOO_LARGE
        if loop.time() - since > SAID_WITHIN:
            said, since = 0, loop.time()
        said += 1
        if said > MOST_SAID:
            return TOO_MUCH


async def _say(send: Send, message: dict[str, Any]) -> None:
    """To somebody who may no longer take anything."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORDS):
            await send(message)


def _as_request(scope: WebsocketScope, visit: Visit) -> dict[str, Any]:
    """The handshake as the GET it is, so that it is looked at like any other."""
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name.lower() not in {b"connection", b"upgrade", b"accept"} and not name.lower().startswith(b"sec-websocket")
    ]
    return {
        **scope,
        "type": "http",
        "method": "GET",
        "scheme": "https" if scope["scheme"] == "wss" else "http",
        "headers": [*kept, (b"accept", STREAM)],
        VISIT: visit,
    }


def _refusal(verdict: _Verdict) -> Ending:
    """1013: the same may succeed later. 1008: it will not."""
    code = 1013 if verdict.status in {429, 500, 503} else 1008
    detail = str(orjson.loads(verdict.body).get("detail", ""))
    return Ending(code, detail.encode()[:LONGEST_REASON].decode(errors="ignore"))


def _first(headers: RawHeaders, wanted: bytes) -> bytes:
    return next((value for name, value in headers if name.lower() == wanted), b"")
