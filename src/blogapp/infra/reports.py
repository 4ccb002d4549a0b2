"""Who else is told of errors than the log."""

from __future__ import annotations

from typing import cast

from blogapp.errors import Refused
from blogapp.infra import extras
from blogapp.infra.logs import Report
from blogapp.settings import Settings


def chosen(settings: Settings) -> Report | None:
    """Raises Refused for a SENTRY_DSN that is none, or without the extra."""
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return None
    module = extras.load("blogapp.infra.sentry", "sentry")
    try:
        return cast(Report, module.Sentry(dsn, settings.blogapp_env))
    except ValueError:
        raise Refused("SENTRY_DSN is not like https://key@sentry.example.org/1") from None
