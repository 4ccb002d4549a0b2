"""Errors told to Sentry; loaded by `blogapp.infra.reports` when there is a SENTRY_DSN.

What is told is the line that was logged, with its traceback: no variables, no bodies, no headers, no addresses of
clients.
"""

from __future__ import annotations

import atexit
import sys
from importlib.metadata import version
from typing import Any, cast

from sentry_sdk import Client
from sentry_sdk.types import Event
from sentry_sdk.utils import event_from_exception
from structlog.typing import EventDict

from blogapp.infra import logs

LAST_WORDS = 2.0
"""Seconds for what is left when the process ends."""
OF_THE_LINE = {"event", "level", "logger", "timestamp", "exc_info", "request_id", "trace_id"}


class Sentry:
    def __init__(self, dsn: str, environment: str) -> None:
        """Raises BadDsn. Sends from a thread of its own, and drops what it can't send."""
        self._client = Client(
            dsn=dsn,
            environment=environment,
            release=f"blogapp@{version('blogapp')}",
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_request_body_size="never",
        )
        atexit.register(self._client.close, LAST_WORDS)

    def __call__(self, line: EventDict) -> None:
        error = _error(line.get("exc_info"))
        event: dict[str, Any] = {"message": str(line.get("event"))}
        hint: dict[str, Any] = {}
        if error is not None:
            found, hint = event_from_exception(error, self._client.options, {"type": "logging", "handled": True})
            event = {**found, "logentry": {"message": str(line.get("event"))}}
        known = {"request_id": logs.request_id.get(), "route": logs.doing.get(), "trace_id": line.get("trace_id", "")}
        event |= {
            "level": line.get("level", "error"),
            "logger": line.get("logger", ""),
            "transaction": logs.doing.get() or None,
            "tags": {name: value for name, value in known.items() if value},
            "extra": {name: value for name, value in line.items() if name not in OF_THE_LINE and name[0] != "_"},
        }
        self._client.capture_event(cast(Event, event), hint)


def _error(given: Any) -> BaseException | None:
    """What `exc_info` may be."""
    if given is True:
        return sys.exc_info()[1]
    return given[1] if isinstance(given, tuple) else given or None
