"""What a database's error means: it is away, or somebody asked for what can't be."""

from __future__ import annotations

from errno import ECONNREFUSED
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

CONNECT_PATIENCE = 10.0
"""Seconds that a command waits for a server whose URL names no `connect_timeout`."""

AWAY_STATES = ("08", "25006", "40", "53", "55P03", "57")
"""SQLSTATE classes of a server that is gone, full, starting, stopping, read-only, or let go of a transaction because
of another one or of the time it took (PostgreSQL, appendix A)."""

AWAY_MESSAGES = (
    "attempt to write a readonly database",
    "database is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
)


def is_away(error: BaseException) -> bool:
    """Whether an error says that the database can't serve now, rather than that we asked wrongly."""
    if isinstance(error, PoolTimeout | TimeoutError | ConnectionError | asyncpg.InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause: Any = error.orig
    while cause is not None:
        if _is_reason(cause):
            return True
        cause = cause.__cause__
    return False


def is_unkeepable(error: BaseException) -> bool:
    """Whether a text held NUL, which PostgreSQL has no place for and SQLite takes."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "22021"


def is_orphan(error: BaseException) -> bool:
    """Whether a row was to belong to another one that has been deleted meanwhile."""
    if not isinstance(error, IntegrityError):
        return False
    return getattr(error.orig, "sqlstate", None) == "23503" or "FOREIGN KEY" in str(error.orig)


async def connect_postgresql(dsn: str, seconds: float, **options: Any) -> asyncpg.Connection:
    """Raises ConnectionError for everything that keeps us from connecting, so that it is told in one way.

    A host with two addresses gives an OSError that says nothing of its kind.
    """
    try:
        return await asyncpg.connect(dsn, timeout=seconds, **options)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        reason = str(error) or f"no answer within {seconds:g} seconds"
        raise ConnectionError(ECONNREFUSED, " ".join(reason.split())) from error


def _is_reason(cause: Any) -> bool:
    state = str(getattr(cause, "sqlstate", None) or "")
    return (
        state.startswith(AWAY_STATES)
        or isinstance(cause, ConnectionError | TimeoutError)
        or any(part in str(cause) for part in AWAY_MESSAGES)
    )
