"""The connection a migration runs on: one transaction, and no other migration of the database beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection, NullPool, event, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from blogapp.infra import urls
from blogapp.infra.faults import CONNECT_PATIENCE, connect_postgresql
from blogapp.infra.reasons import refusing

LOCK_PATIENCE = 60
"""Seconds to wait for another migration, or for a program that holds the tables."""

LOCK_KEY = 0x626C6F67
"""PostgreSQL's advisory lock of migrations: "blog" in ASCII."""

T = TypeVar("T")


def locked(url: str, act: Callable[[Connection], T]) -> T:
    """`act` in one transaction that no other migration of this database runs beside.

    Raises Refused when the database is away, busy or refuses.
    """
    with refusing(url):
        return asyncio.run(alone(url, act))


async def alone(url: str, act: Callable[[Connection], T]) -> T:
    """The same inside a running loop; raises what the driver raises."""
    async with _engine(url) as engine, engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_PATIENCE}s'"))
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        return await connection.run_sync(act)


@asynccontextmanager
async def _engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = _sqlite_engine(url) if urls.is_sqlite(url) else _postgresql_engine(url)
    try:
        yield engine
    finally:
        await engine.dispose()


def _sqlite_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(urls.sqlite_url(url), poolclass=NullPool)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Tables are rebuilt: references must neither fire nor follow a table that is renamed for a moment."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {LOCK_PATIENCE * 1000}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("PRAGMA legacy_alter_table = ON")
    cursor.close()


def _postgresql_engine(url: str) -> AsyncEngine:
    dsn, timeout = urls.postgresql_dsn(url)

    async def connect(*_: Any, **__: Any) -> asyncpg.Connection:
        return await connect_postgresql(dsn, timeout or CONNECT_PATIENCE)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
