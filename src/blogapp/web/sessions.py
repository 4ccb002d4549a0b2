"""Quart's own signed session, which carries nothing but messages from one page to the next."""

from __future__ import annotations

from quart.sessions import SecureCookieSessionInterface, SessionMixin

COOKIE = "blogapp_session"
SECURE_COOKIE = "__Host-blogapp_session"


class QuietSessions(SecureCookieSessionInterface):
    """An empty session leaves no trace: Quart 0.23 adds `Vary: Cookie` to every response otherwise."""

    def is_null_session(self, instance: object) -> bool:
        untouched = isinstance(instance, SessionMixin) and not instance and not instance.modified
        return untouched or super().is_null_session(instance)
