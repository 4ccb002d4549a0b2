"""Whatever goes wrong becomes one BlogError, and that becomes a page or a problem document."""

from __future__ import annotations

import re
from http import HTTPStatus

import structlog
from quart import Quart, Request, Response, g, has_websocket_context, redirect, request, websocket
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from blogapp.actor import ANONYMOUS
from blogapp.errors import BadRequest, BlogError, Conflict, Unauthenticated, Unavailable
from blogapp.infra import faults, logs
from blogapp.web.addresses import with_next
from blogapp.web.context import wants_problem
from blogapp.web.edge import REFUSAL
from blogapp.web.forms import kept
from blogapp.web.kinds import of_status
from blogapp.web.problems import problem
from blogapp.web.rendering import render
from blogapp.web.secret_paths import sayable

RETRY_AFTER = 5
"""Seconds; a restarted PostgreSQL is back by then."""

SAYINGS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    500: "Something broke on our side. It has been noted, and nothing you sent was half done.",
}

TITLES = {
    400: "This request is not valid",
    401: "Please log in",
    403: "This is not yours to do",
    404: "Page not found",
    405: "That does not work here",
    406: "There is no such form of this",
    408: "That took too long",
    409: "Somebody was faster",
    413: "That is too large",
    414: "This address is too long",
    415: "That came in the wrong format",
    422: "Something is not right yet",
    429: "Too many tries",
    431: "That is too large",
    500: "Something broke",
    503: "Back in a moment",
    507: "There is no room for this",
}
"""Of pages; problem documents have the names that HTTP gives."""

PASSING = {408, 429, 500, 503}
"""The same request may succeed later."""

_WORD = re.compile(r"[^\W\d_]+")
"""Of the last part of an address, in which people look for what was there once."""

_log = structlog.get_logger("blogapp.errors")


class HTTPError(BlogError):
    def __init__(self, error: HTTPException) -> None:
        self.status = error.code or 500
        kinds = of_status(self.status)
        self.code = kinds[0].code if kinds else HTTPStatus(self.status).name.lower()
        super().__init__(SAYINGS.get(self.status) or error.description or HTTPStatus(self.status).phrase)


class Broken(BlogError):
    status = 500
    code = "internal_server_error"


def install(app: Quart) -> None:
    app.register_error_handler(BlogError, answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_broken)


async def answer(error: BlogError) -> Response:
    """The refusal at the door that was knocked at; people who must sign in first are led there."""
    log = _log.warning if error.status >= 500 else _log.info
    log("refused", status=error.status, code=error.code, detail=error.detail, path=_path())
    if has_websocket_context():
        return Response(error.detail, error.status, content_type="text/plain; charset=utf-8")
    if wants_problem():
        response = problem(error)
    elif isinstance(error, Unauthenticated) and request.method in {"GET", "HEAD"}:
        response = _to_login()
    else:
        response = await _page(error)
    response.headers["Cache-Control"] = "no-store"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 401 and wants_problem():
        response.headers["WWW-Authenticate"] = _challenge()
    return response


def raise_refusal_of_the_edge(request: Request) -> None:
    refusal = request.scope.get(REFUSAL)
    if isinstance(refusal, BlogError):
        raise refusal


async def _answer_http(error: HTTPException) -> Response:
    response = await answer(HTTPError(error))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


async def _answer_broken(error: Exception) -> Response:
    if isinstance(error, SQLAlchemyError | OSError) and faults.is_away(error):
        _log.warning("database away", error=type(error).__name__, reason=" ".join(str(error).split())[:200])
        return await answer(
            Unavailable("The blog can't reach its data right now. Please try again.", retry_after=RETRY_AFTER)
        )
    if faults.is_unkeepable(error):
        return await answer(BadRequest("The request holds a NUL character, which can't be kept."))
    if faults.is_orphan(error):
        return await answer(Conflict("What this belongs to has been deleted meanwhile."))
    _log.error("broken", path=_path(), exc_info=error)
    return await answer(Broken(SAYINGS[500]))


def _challenge() -> str:
    """RFC 6750, 3.1: a token that was shown and is not valid is named as the reason."""
    return 'Bearer realm="api"' + (', error="invalid_token"' if "Authorization" in request.headers else "")


def _path() -> str:
    return sayable(websocket.path if has_websocket_context() else request.path)


def _to_login() -> Response:
    asked = request.full_path.rstrip("?")
    return redirect(with_next("auth.login", asked), 303)  # type: ignore[return-value]  # it is Quart's own Response


async def _page(error: BlogError) -> Response:
    if "actor" not in g:
        g.actor = ANONYMOUS
    return render(
        "errors/error.html",
        error.status,
        status=error.status,
        title=TITLES.get(error.status) or HTTPStatus(error.status).phrase,
        message=error.detail,
        retry_after=error.retry_after,
        is_passing=error.status in PASSING,
        is_sent=request.method == "POST",
        sought=" ".join(_WORD.findall(request.path.rpartition("/")[2])),
        kept=await kept(),
        request_id=logs.request_id.get(),
    )
