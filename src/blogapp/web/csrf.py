"""Cross-site requests are told by their headers, not by tokens, so pages are the same for everyone.

Follows the OWASP CSRF cheat sheet: Fetch Metadata first, Origin against the host where a browser sends none. A
request with neither header was not made by a browser's page.
"""

from __future__ import annotations

from quart import Request

from blogapp.errors import Forbidden
from blogapp.web.addresses import is_of_api
from blogapp.web.context import resources
from blogapp.web.headers import host_of

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def refuse_cross_site(request: Request) -> None:
    """Raises Forbidden; origins of CORS_ORIGINS pass, but get no use of the cookie."""
    if request.method in SAFE_METHODS or not is_cross_site(request) or is_allowed_origin(request):
        return
    raise Forbidden("This request came from another site, so it was not carried out.")


def is_cross_site(request: Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is not None and host_of(origin) != request.headers.get("Host", "").lower()


def is_allowed_origin(request: Request) -> bool:
    origins = resources().settings.cors_origins
    return bool(origins) and is_of_api(request.path) and request.headers.get("Origin") in origins
