"""Scripts of CORS_ORIGINS may use the API with a token. Cookies are never allowed along."""

from __future__ import annotations

from quart import Response, request

from blogapp.web.csrf import is_allowed_origin

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, X-Request-ID"
EXPOSED_HEADERS = "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-ID"
PREFLIGHT_AGE = 600
"""Seconds a browser may remember the answer to a preflight."""


def preflight() -> Response | None:
    """The answer to a browser that asks whether a script may."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    if not is_allowed_origin():
        return None
    response = Response("", 204)
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE)
    return response


def allow_origin(response: Response) -> None:
    if "Origin" in request.headers and is_allowed_origin():
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
        response.vary.add("Origin")
