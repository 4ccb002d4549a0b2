"""A trace for each request, around the edge: also for what is refused or found in the page cache."""

from __future__ import annotations

from typing import Any, cast

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, Scope

from blogapp.infra import logs
from blogapp.infra.metrics import METHODS
from blogapp.infra.tracing import Traces
from blogapp.settings import Settings
from blogapp.web import headers
from blogapp.web.addresses import PROBES
from blogapp.web.body import Send
from blogapp.web.edge import URL_BYTES
from blogapp.web.routes import rule_of
from blogapp.web.secret_paths import sayable


class Traced:
    def __init__(self, app: ASGIFramework, traces: Traces, settings: Settings) -> None:
        """Traces of a trusted proxy go on here; what strangers say of theirs is not believed."""
        self._app = app
        self._traces = traces
        self._trusted = settings.trusted_proxies

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "lifespan" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        answer = _Status(cast(Send, send))
        asked = str(scope.get("method", "WEBSOCKET"))
        method = asked if asked in METHODS else "other"
        with self._traces.request(method, self._parent(scope)) as span:
            try:
                await self._app(scope, receive, cast(ASGISendCallable, answer))
            finally:
                route = rule_of(cast("dict[str, Any]", scope))
                facts: dict[str, str | int] = {
                    "http.request.method": method,
                    "http.route": route,
                    "http.response.status_code": answer.status,
                    "url.path": sayable(scope["path"][:URL_BYTES]).encode(errors="replace").decode(),
                    "url.scheme": str(scope["scheme"]),
                    "blogapp.request_id": logs.request_id.get(),
                }
                span.tell(f"{method} {route}", facts, failed=answer.status >= 500)

    def _parent(self, scope: Any) -> str:
        if not headers.is_trusted((scope.get("client") or [None])[0], self._trusted):
            return ""
        return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")


class _Status:
    """499: the client left before an answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 499

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "websocket.accept":
            self.status = 101
        await self._send(message)
