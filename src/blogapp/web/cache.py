"""Answers to strangers, kept above Quart: raw ASGI between the edge and the application.

A request is a stranger's when it has neither a cookie of ours nor an `Authorization` header; nobody else is given
anything from here, and nothing made for anybody else is kept. What is kept is asked for by host, path and query: none
of our answers with status 200 differs by `Accept`. See `blogapp.web.keeping` for what handlers say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from blogapp.infra.cache import Cache
from blogapp.web import auth, sessions
from blogapp.web.body import Send
from blogapp.web.routes import rule_of
from blogapp.web.stored import Catching, Header, Page, known_by, of_one_client, page_of

TAGS = "blogapp.tags"
"""In the scope of a request whose answer may be kept: a set, to which its handler adds."""
MISSED = "blogapp.missed"

Key = tuple[str, str, bytes, str, bytes]
Meter = Callable[[str], Awaitable[list[Header] | None]]
"""Counts a call of the API by its client's address: the headers that tell what is left, None for one too many."""

_COOKIES = (auth.COOKIE.encode(), sessions.COOKIE.encode())
"""The names in production contain these."""
_NOT_FOR_US = frozenset({b"authorization", b"origin", b"content-length", b"transfer-encoding"})
"""A body is read by the edge, and an origin may be one that CORS lets in: both are left to the application."""


@dataclass(frozen=True, slots=True)
class _Missed:
    """A stranger's GET or HEAD that found nothing, and how it is to be answered."""

    key: Key
    known: bytes | None


class PageCache:
    def __init__(
        self, app: ASGIFramework, pages: Cache[Page], meter: Meter, may_keep: Callable[[], bool], *, tells: bool
    ) -> None:
        """`may_keep`: whether purges by other processes reach this one now; `tells`: whether a header says if an answer
        was found here.
        """
        self._app = app
        self._pages = pages
        self._meter = meter
        self._may_keep = may_keep
        self.hit: list[Header] = [(b"x-cache", b"hit")] if tells else []
        """Headers of what was found."""
        self._miss: list[Header] = [(b"x-cache", b"miss")] if tells else []
        self._flights: dict[Key, asyncio.Event] = {}

    def find(self, scope: HTTPScope, given: dict[bytes, bytes]) -> Page | None:
        """What is kept for this request, if it is a stranger's; `given` are its headers."""
        if not self._pages.largest or scope["method"] not in {"GET", "HEAD"} or not _is_strangers(scope, given):
            return None
        key = (
            scope.get("root_path", ""),
            scope["scheme"],
            given.get(b"host", b""),
            scope["path"],
            scope["query_string"],
        )
        page = self._pages.get(key)
        if page is None:
            cast("dict[str, Any]", scope)[MISSED] = _Missed(key, known_by(given))
        return page

    async def count(self, scope: Any) -> list[Header] | None:
        """Count the call of a page that is metered: headers that tell the client's limits, None for one too many."""
        client = scope.get("client")
        return await self._meter(client[0] if client else "")

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Made by one request; others that ask for the same meanwhile wait for it, and go on alone if it isn't kept."""
        missed: _Missed | None = cast("dict[str, Any]", scope).pop(MISSED, None)
        if missed is None:
            await self._app(scope, receive, send)
        elif (flight := self._flights.get(missed.key)) is None:
            flight = self._flights[missed.key] = asyncio.Event()
            try:
                await self._make(scope, receive, cast(Send, send), missed, lambda: self._land(missed.key, flight))
            finally:
                self._land(missed.key, flight)
        else:
            await flight.wait()
            if not await self._was_kept(scope, missed, cast(Send, send)):
                await self._make(scope, receive, cast(Send, send), missed, _nobody_waits)

    async def _make(
        self,
        scope: Scope,
        receive: ASGIReceiveCallable,
        send: Send,
        missed: _Missed,
        land: Callable[[], None],
    ) -> None:
        since = self._pages.moment
        tags: set[str] = set()

        async def kept(headers: list[Header], body: bytes) -> None:
            page = page_of(headers, body, rule_of(scope), is_metered=_is_metered(missed.key))
            if self._may_keep():
                self._pages.put(missed.key, page, page.size, tags, since)
            land()
            for message in page.told(missed.known, self._miss + of_one_client(headers)):
                await send(message)

        cast("dict[str, Any]", scope)[TAGS] = tags
        catching = Catching(send, tags, self._pages.largest, kept, land)
        await self._app(scope, receive, cast(ASGISendCallable, catching))

    async def _was_kept(self, scope: Scope, missed: _Missed, send: Send) -> bool:
        page = self._pages.get(missed.key)
        if page is None:
            return False
        more = await self.count(scope) if page.is_metered else []
        if more is None:
            return False
        for message in page.told(missed.known, self.hit + more):
            await send(message)
        return True

    def _land(self, key: Key, flight: asyncio.Event) -> None:
        flight.set()
        if self._flights.get(key) is flight:
            del self._flights[key]


def _is_strangers(scope: HTTPScope, given: dict[bytes, bytes]) -> bool:
    if not _NOT_FOR_US.isdisjoint(given):
        return False
    return b"cookie" not in given or not any(
        ours in value for name, value in scope["headers"] if name == b"cookie" for ours in _COOKIES
    )


def _is_metered(key: Key) -> bool:
    path = key[3]
    return path == "/api" or path.startswith("/api/")


def _nobody_waits() -> None:
    """Of an answer made by one who has waited already."""
