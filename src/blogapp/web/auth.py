"""Who is asking, by cookie or by token. quart-auth carries the cookie; the truth is a row elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from quart import Quart, Request, Response, g
from quart_auth import AuthUser, QuartAuth, current_user, login_user, logout_user

from blogapp.actor import ANONYMOUS, Actor
from blogapp.errors import Forbidden, Unauthenticated
from blogapp.web.addresses import PROBES, is_of_api
from blogapp.web.context import actor
from blogapp.web.csrf import is_cross_site

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

Identify = Callable[[str], Awaitable[Actor | None]]

COOKIE = "blogapp_auth"
SECURE_COOKIE = "__Host-blogapp_auth"


class Cookies(QuartAuth):
    async def after_request(self, response: Response) -> Response:
        """Nothing to write where nobody asked for the user: quart-auth would read the cookie of every request."""
        return await super().after_request(response) if self.attribute_name in g else response


class Auth:
    """Finds the actor of each request: `by_session` and `by_token` take the secret the client holds."""

    def __init__(self, app: Quart, by_session: Identify, by_token: Identify, *, secure: bool, seconds: int) -> None:
        self._by_session = by_session
        self._by_token = by_token
        self._cookie = SECURE_COOKIE if secure else COOKIE
        Cookies(app, cookie_name=self._cookie, cookie_secure=secure, duration=seconds)

    async def identify(self, request: Request) -> None:
        """Raises Unauthenticated for a token that is unknown, expired or revoked. Probes are answered whoever asks, so also
        while the database can't tell who that is.
        """
        g.actor = ANONYMOUS
        if request.path in PROBES:
            return
        if "Authorization" in request.headers and is_of_api(request.path):
            g.actor = await self._bearer(request.headers["Authorization"])
        elif self._cookie in request.cookies and not _is_foreign(request):
            await self._session()

    async def _bearer(self, header: str) -> Actor:
        scheme, _, secret = header.partition(" ")
        found = await self._by_token(secret.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise Unauthenticated("This access token is not valid: it is unknown, expired or revoked.")
        return found

    async def _session(self) -> None:
        secret = current_user.auth_id
        found = await self._by_session(secret) if secret else None
        if found is None:
            logout_user()
        else:
            g.actor = found


def remember(secret: str, *, remembered: bool) -> None:
    """Put the session's secret into the cookie: for the browser's session, or for as long as it lasts."""
    login_user(AuthUser(secret), remember=remembered)


def forget() -> None:
    logout_user()


def signed_in(
    handler: Callable[Arguments, Awaitable[Answer]],
) -> Callable[Arguments, Awaitable[Answer]]:
    """Only for people with an account: pages lead to the login, the API answers 401."""

    @wraps(handler)
    async def checked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        require_actor()
        return await handler(*args, **kwargs)

    return checked


def require_actor() -> Actor:
    if not actor().is_authenticated:
        raise Unauthenticated("Please log in first.")
    return actor()


def require_admin() -> Actor:
    if not require_actor().is_admin:
        raise Forbidden("Only an administrator may do this.")
    return actor()


def safe_next(target: str | None) -> str | None:
    """`target` if it is a path on this host, whatever slashes, backslashes or control characters it tries."""
    if not target or not target.startswith("/") or target.startswith("//") or not target.isprintable():
        return None
    if "\\" in target or any(character.isspace() for character in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _is_foreign(request: Request) -> bool:
    """A script of another origin that CORS lets in: it may show a token, but never rides on the cookie."""
    return "Origin" in request.headers and is_cross_site(request)
