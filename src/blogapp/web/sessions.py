"""Quart's own signed session, which carries nothing but messages from one page to the next."""

from __future__ import annotations

from quart import Quart
from quart.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from quart.wrappers import BaseRequestWebsocket

COOKIE = "blogapp_session"
SECURE_COOKIE = "__Host-blogapp_session"


class QuietSessions(SecureCookieSessionInterface):
    """An empty session leaves no trace: Quart 0.23 adds `Vary: Cookie` to every response otherwise."""

    async def open_session(self, app: Quart, request: BaseRequestWebsocket) -> SecureCookieSession | None:
        """Most visitors carry no message, and making a serializer costs more than looking."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return await super().open_session(app, request)

    def is_null_session(self, instance: object) -> bool:
        untouched = isinstance(instance, SessionMixin) and not instance and not instance.modified
        return untouched or super().is_null_session(instance)
