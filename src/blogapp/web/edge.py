"""The outermost layer, raw ASGI: who is calling, what is too much, what is logged, what every answer carries.

What the edge refuses still travels through the application with `scope["blogapp.refusal"]` set and everything
dangerous taken out, so that a refusal is a page or a problem document like any other.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from itertools import chain
from typing import Any, cast

import structlog
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from blogapp.errors import BlogError, Unavailable
from blogapp.infra import logs
from blogapp.infra.metrics import Metrics
from blogapp.settings import Settings
from blogapp.web import headers
from blogapp.web.addresses import PROBES, is_of_api
from blogapp.web.application import SLOWEST_READER
from blogapp.web.assets import Assets
from blogapp.web.body import BodyRefused, Lingering, Send, read_body, replay
from blogapp.web.cache import MISSED, TAGS, PageCache
from blogapp.web.routes import ASSETS, FILES, REFUSED, ROUTE, Route
from blogapp.web.secret_paths import sayable
from blogapp.web.stored import LARGE, Header, known_by
from blogapp.web.uploads import SCOPE, Sent

REFUSAL = "blogapp.refusal"
BEHIND = "blogapp.behind"
"""In the scope of a request that a trusted proxy has passed on."""
URL_BYTES = 8192
HEADER_BYTES = 16384
HEADER_LINES = 100
RETRY_AFTER = 5
"""Seconds; uploads that are on their way are through by then."""

ACCESS = "blogapp.access"

_log = structlog.get_logger(ACCESS)
_access = logging.getLogger(ACCESS)
_slow = structlog.get_logger("blogapp.slow")


class EdgeRefusal(BlogError):
    def __init__(self, status: int, code: str, detail: str, *, closes: bool = False) -> None:
        """`closes`: nothing more is read from the connection."""
        super().__init__(detail, retry_after=RETRY_AFTER if status == 503 else None)
        self.status = status
        self.code = code
        self.closes = closes


class Edge:
    def __init__(self, pages: PageCache, settings: Settings, metrics: Metrics, assets: Assets, sent: Sent) -> None:
        self._pages = pages
        self._files = sent.files
        self._uploads = sent.uploads
        self._metrics = metrics
        self._settings = settings
        self._slow = settings.slow_request_ms / 1000
        self._trusted = settings.trusted_proxies
        self._assets = assets
        self._headers = [*headers.SECURITY, *([headers.STRICT_TRANSPORT] if settings.is_production else [])]

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan":
            await self._pages(scope, receive, send)
            return
        started = time.perf_counter()
        given = _first_values(scope)
        request_id = headers.request_id_of(given.get(b"x-request-id")) or _new_request_id()
        logs.request_id.set(request_id)
        self._look_behind_proxies(scope)
        own = [*self._headers, (b"x-request-id", request_id.encode())]
        if scope["type"] == "http" and await self._found(scope, given, own, cast(Send, send), started):
            return
        answer = _Answer(send, own, started)
        cast("dict[str, Any]", scope)[ROUTE] = answer.route
        try:
            if scope["type"] == "http":
                await self._http(scope, given, receive, answer)
            else:
                await self._socket(scope, given, receive, answer)
        finally:
            self._count(scope, answer)
            self._log(scope, given, answer.status, answer.size, started)

    async def _found(
        self, scope: HTTPScope, given: dict[bytes, bytes], own: list[Header], send: Send, started: float
    ) -> bool:
        """Whether the answer was kept. What is kept was admitted once, so only that which differs is looked at."""
        if _too_large(scope["headers"]) or (page := self._pages.find(scope, given)) is None:
            return False
        more = await self._pages.count(scope) if page.is_metered else []
        if more is None:
            return False
        start, body = page.told(known_by(given), self._pages.hit + more + own)
        self._metrics.hit()
        cast("dict[str, Any]", scope)[ROUTE] = page.route
        self._metrics.request(page.route, scope["method"], start["status"], time.perf_counter() - started)
        if page.size > LARGE:
            async with asyncio.timeout(SLOWEST_READER):
                await send(start)
                await send(body)
        else:
            await send(start)
            await send(body)
        self._log(scope, given, start["status"], len(body["body"]), started)
        return True

    async def _http(
        self, scope: HTTPScope, given: dict[bytes, bytes], receive: ASGIReceiveCallable, answer: _Answer
    ) -> None:
        refusal = self._refusal(scope, given)
        body = b""
        if refusal is None and self._assets.serves(scope["path"]) and await self._assets(scope, receive, answer):
            answer.route.rule = ASSETS
            return
        if refusal is None and self._files.serves(scope["path"]):
            try:
                if await self._files(scope, given, answer):
                    answer.route.rule = FILES
                    return
            except Unavailable as error:
                refusal = EdgeRefusal(error.status, error.code, error.detail)
        upload = None
        if refusal is None and _may_have_body(scope, given):
            try:
                if self._uploads.takes(scope, given):
                    upload = cast("dict[str, Any]", scope)[SCOPE] = await self._uploads.receive(
                        scope["path"], receive, given
                    )
                else:
                    body = await read_body(receive, given, self._settings.max_body, self._settings.body_timeout)
            except BodyRefused as error:
                refusal = EdgeRefusal(error.status, error.code, error.detail, closes=True)
            answer.asked = time.perf_counter()
        if upload is not None:
            try:
                await self._pages(scope, replay(b"", receive, answer.wait), answer)
            finally:
                await asyncio.shield(asyncio.to_thread(upload.discard))
        elif refusal is None:
            await self._pages(scope, replay(body, receive, answer.wait), answer)
        else:
            lingering = answer.linger(receive, closing=refusal.closes and scope["http_version"] < "2")
            answer.route.rule = REFUSED
            await self._pages(_harmless(scope, refusal), cast(ASGIReceiveCallable, lingering.receive), answer)

    async def _socket(
        self, scope: Any, given: dict[bytes, bytes], receive: ASGIReceiveCallable, answer: _Answer
    ) -> None:
        if self._refusal(scope, given) is not None or not _is_of_this_site(given):
            answer.route.rule = REFUSED
            await receive()
            await answer({"type": "websocket.close", "code": 1008, "reason": None})
            return
        await self._pages(scope, receive, answer)

    def _refusal(self, scope: Any, given: dict[bytes, bytes]) -> EdgeRefusal | None:
        if not scope["path"].startswith("/") or not scope["query_string"].isascii():  # HTTP/2 lets any bytes through
            return EdgeRefusal(400, "bad_request", "The request has no valid address on this blog.")
        if "\0" in scope["path"]:  # which PostgreSQL could not even look for
            return EdgeRefusal(404, "not_found", "There is nothing at this address.")
        if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > URL_BYTES:
            return EdgeRefusal(414, "uri_too_long", f"This address is longer than {URL_BYTES} bytes.")
        if _too_large(scope["headers"]):
            return EdgeRefusal(431, "headers_too_large", "The headers of this request are too large.")
        if not headers.host_is_allowed(_host(given), () if scope["path"] in PROBES else self._settings.allowed_hosts):
            return EdgeRefusal(400, "unknown_host", "This blog does not answer to that host name.")
        return None

    def _look_behind_proxies(self, scope: Any) -> None:
        if not (trusted := self._trusted):
            return
        peer = (scope.get("client") or [None])[0]
        if not headers.is_trusted(peer, trusted):
            return
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        client = headers.true_client(peer, forwarded, trusted)
        scope["client"] = (client or "", 0)
        scope[BEHIND] = True
        proto = _first_values(scope).get(b"x-forwarded-proto", b"").lower()
        if proto in {b"http", b"https"}:
            secure = proto == b"https"
            scope["scheme"] = ("wss" if secure else "ws") if scope["type"] == "websocket" else proto.decode()

    def _count(self, scope: Any, answer: _Answer) -> None:
        """The time until the answer began: how fast the client takes it is not our doing."""
        seconds = (answer.began or time.perf_counter()) - answer.asked
        self._metrics.request(answer.route.rule, scope.get("method", "WEBSOCKET"), answer.status, seconds)
        if scope.get(TAGS):
            self._metrics.miss()
        if self._slow and seconds > self._slow:
            path = sayable(scope["path"][:URL_BYTES])
            ms = round(seconds * 1000, 1)
            _slow.warning("slow request", route=answer.route.rule, path=path, status=answer.status, ms=ms)

    def _log(self, scope: Any, given: dict[bytes, bytes], status: int, size: int, started: float) -> None:
        """Whether it is said is asked first: structlog takes longer to say nothing."""
        if not _access.isEnabledFor(logging.INFO) or (scope["path"] in PROBES and status == 200):
            return
        _log.info(
            "request",
            method=scope.get("method", "WEBSOCKET"),
            path=sayable(scope["path"][:URL_BYTES]),
            status=status,
            bytes=size,
            ms=round((time.perf_counter() - started) * 1000, 1),
            client=(scope.get("client") or [""])[0],
            user_agent=given.get(b"user-agent", b"").decode("latin-1")[:200],
        )


class _Answer:
    """`send` that adds our headers and remembers what was said. Status 499: the client left before an answer.

    Quart ends each body with an empty message; one that has its announced length is ended without it.
    """

    def __init__(self, send: ASGISendCallable, added: list[tuple[bytes, bytes]], asked: float) -> None:
        self._send = cast(Send, send)
        self._added = added
        self.route = Route()
        self.asked = asked
        """When the request was whole."""
        self.began: float | None = None
        self.status = 499
        self.size = 0
        self._length: int | None = None
        self._is_whole = False
        self._waited_for: asyncio.Event | None = None

    async def wait(self) -> None:
        """Until the answer is whole."""
        if not self._is_whole:
            self._waited_for = asyncio.Event()
            await self._waited_for.wait()

    def replace(self, name: bytes, value: bytes) -> None:
        """Say something else than every answer does."""
        self._added = [(known, value if known == name else given) for known, given in self._added]

    def linger(self, receive: ASGIReceiveCallable, *, closing: bool) -> Lingering:
        """End the answer only when the rest of the request has been read away."""
        if closing:
            self._added.append((b"connection", b"close"))
        lingering = Lingering(receive, self._send)
        self._send = lingering.send
        return lingering

    async def __call__(self, message: Any) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            self.began = time.perf_counter()
            self.status = message["status"]
            self._length = _announced(message["headers"])
            message["headers"] = [*message["headers"], *self._added]
        elif kind == "http.response.body":
            if self._is_whole:
                return
            self.size += len(message["body"])
            if self.size == self._length:
                message["more_body"] = False
            self._is_whole = not message.get("more_body", False)
            if self._is_whole and self._waited_for is not None:
                self._waited_for.set()
        elif kind == "websocket.accept":
            self.began = time.perf_counter()
            self.status = 101
        elif kind == "websocket.http.response.start":
            self.status = message["status"]
        elif kind == "websocket.close" and self.status == 499:
            self.status = 403
        await self._send(message)


def _new_request_id() -> str:
    """Nobody gains by guessing one, and the system's own source of randomness is a call of the kernel."""
    return f"{random.getrandbits(64):016x}"


def _first_values(scope: Any) -> dict[bytes, bytes]:
    """Headers by name, of equal ones the first. A server may give them as any iterable."""
    if not isinstance(scope["headers"], list):
        scope["headers"] = list(scope["headers"])
    return dict(reversed(scope["headers"]))


def _too_large(lines: Any) -> bool:
    return len(lines) > HEADER_LINES or sum(map(len, chain.from_iterable(lines))) > HEADER_BYTES


def _host(given: dict[bytes, bytes]) -> str:
    return given.get(b"host", b"").decode("latin-1")


def _is_of_this_site(given: dict[bytes, bytes]) -> bool:
    """Browsers say the origin of every handshake, and send cookies along whatever it is. Programs have neither."""
    origin = given.get(b"origin")
    if origin is None:
        return b"cookie" not in given
    return headers.host_of(origin.decode("latin-1")) == _host(given).lower()


def _announced(lines: headers.RawHeaders) -> int | None:
    length = next((value for name, value in lines if name.lower() == b"content-length"), b"")
    return int(length) if length.isdigit() else None


def _may_have_body(scope: HTTPScope, given: dict[bytes, bytes]) -> bool:
    """HTTP/2 needs no header to announce a body, and one that nobody reads there holds up the whole connection."""
    announced = b"content-length" in given or b"transfer-encoding" in given
    return announced or scope["method"] not in {"GET", "HEAD"} or scope["http_version"] >= "2"


def _harmless(scope: HTTPScope, refusal: EdgeRefusal) -> HTTPScope:
    """The same request with nothing left that could hurt: only the door it knocked at."""
    path = "/api/refused" if is_of_api(scope["path"]) else "/refused"
    kept = [(name, value) for name, value in scope["headers"] if name in {b"accept", b"origin", b"user-agent"}]
    changed: dict[str, Any] = {
        **scope,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *kept],
        REFUSAL: refusal,
        MISSED: None,
        ROUTE: None,
    }
    return cast(HTTPScope, changed)
