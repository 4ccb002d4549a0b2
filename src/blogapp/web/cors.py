"""Scripts of CORS_ORIGINS may use the API with a token. Cookies are never allowed along."""

from __future__ import annotations

from quart import Request, Response

from blogapp.web.addresses import is_of_api
from blogapp.web.context import resources
from blogapp.web.csrf import is_allowed_origin

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
REQUEST_HEADERS = "Authorization, Content-Type, If-Match, If-None-Match, X-Request-ID"
EXPOSED_HEADERS = (
    "ETag, Link, Location, Retry-After, WWW-Authenticate, X-Request-ID, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy"
)
PREFLIGHT_AGE = 600
"""Seconds a browser may remember the answer to a preflight."""


def preflight(request: Request) -> Response | None:
    """The answer to a browser that asks whether a script may."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    if not is_allowed_origin(request):
        return None
    response = Response("", 204)
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE)
    return response


def allow_origin(request: Request, response: Response) -> None:
    """Caches are told that the answer differs by origin even when it was nobody's (Fetch standard, 4.10.1)."""
    if not resources().settings.cors_origins or not is_of_api(request.path):
        return
    response.vary.add("Origin")
    if is_allowed_origin(request):
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
        response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
