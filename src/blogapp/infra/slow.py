"""Statements that take long are logged, with what they were for and without their values."""

from __future__ import annotations

import time
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from blogapp.infra import logs

STATEMENT = 1000
"""Characters of a statement, at most."""

_log = structlog.get_logger("blogapp.slow")


def watch(engine: AsyncEngine, seconds: float) -> None:
    """Log what takes longer, also when it fails in the end. 0: nothing is."""
    if not seconds:
        return

    def begin(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        context.began = time.perf_counter()

    def end(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: Any) -> None:
        taken = time.perf_counter() - context.began
        if taken > seconds:
            _say(statement, taken)

    def fail(failed: ExceptionContext) -> None:
        began = getattr(failed.execution_context, "began", None)
        if began is not None and (taken := time.perf_counter() - began) > seconds:
            _say(failed.statement or "", taken, error=type(failed.original_exception).__name__)

    event.listen(engine.sync_engine, "before_cursor_execute", begin)
    event.listen(engine.sync_engine, "after_cursor_execute", end)
    event.listen(engine.sync_engine, "handle_error", fail)


def _say(statement: str, taken: float, **facts: str) -> None:
    said = " ".join(statement.split())[:STATEMENT]
    _log.warning("slow query", route=logs.doing.get(), ms=round(taken * 1000, 1), statement=said, **facts)
