"""One shape of log lines for the whole process, on a console or as JSON; tracebacks never show values."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

request_id: ContextVar[str] = ContextVar("request_id", default="")
traceparent: ContextVar[str] = ContextVar("traceparent", default="")
"""What is being done, as a part of a trace (W3C Trace Context)."""
doing: ContextVar[str] = ContextVar("doing", default="")
"""The rule of the request's address, or the name of the task or command."""

QUIET = {
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
    "hypercorn.error": logging.WARNING,
    "sqlalchemy.pool": logging.CRITICAL,
    "taskiq": logging.CRITICAL,
}
"""Lines of libraries that we say better ourselves, that repeat an error we answer with 503, or that hold values."""


Report = Callable[[EventDict], None]


def configure(level: str, *, as_json: bool, report: Report | None = None) -> None:
    """Send every line of structlog and of the standard library to standard error, and tell of each error."""
    shared: list[Processor] = [
        _add_request_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([_reporting(report)] if report else []),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(as_json=as_json)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(capture=True)
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _renderers(*, as_json: bool) -> list[Processor]:
    if not as_json:
        console = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        return [_escape_control_characters, console]
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer(_to_json)]


def _escape_control_characters(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    """What a stranger put into an address must neither start a line of its own nor colour the terminal."""
    for name, value in line.items():
        if isinstance(value, str) and not value.isprintable():
            line[name] = value.encode("unicode_escape").decode()
    return line


def _reporting(report: Report) -> Processor:
    def tell(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        if line.get("level") in {"error", "critical"}:
            report(line)
        return line

    return tell


def _to_json(line: EventDict, **_: Any) -> str:
    """A name of a file may hold bytes that are no UTF-8, which orjson refuses."""
    try:
        return orjson.dumps(line, default=str).decode()
    except TypeError:
        return json.dumps(line, default=str)


def _add_request_id(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    if known := request_id.get():
        line.setdefault("request_id", known)
    if traced := traceparent.get():
        line.setdefault("trace_id", traced.split("-")[1])
    return line
