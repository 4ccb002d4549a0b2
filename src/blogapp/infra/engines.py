"""How each database is opened: one way for those who write, another for those who only read."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import suppress
from functools import partial
from typing import Any, cast

import aiosqlite
import asyncpg
from sqlalchemy import AsyncAdaptedQueuePool, QueuePool, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from blogapp.infra import urls
from blogapp.infra.faults import connect_postgresql

SLOWEST_STATEMENT = 15.0
"""Seconds after which PostgreSQL is asked to cancel a statement of somebody who writes."""

FEWEST_WRITERS = 2


def writer_and_reader(url: str, pool_size: int, timeout: float) -> tuple[AsyncEngine, AsyncEngine]:
    """Two engines. `pool_size` connections read; `timeout` is how many seconds a connection or a lock is awaited."""
    return _sqlite(url, pool_size, timeout) if urls.is_sqlite(url) else _postgresql(url, pool_size, timeout)


async def leave(engine: AsyncEngine, patience: float) -> None:
    """Closes all connections, those in use when they are given back or after `patience` seconds."""
    pool = cast(QueuePool, engine.sync_engine.pool)
    give_up_at = asyncio.get_running_loop().time() + patience
    while pool.checkedout() and asyncio.get_running_loop().time() < give_up_at:  # noqa: ASYNC110  # a pool tells nobody
        await asyncio.sleep(0.01)
    await engine.dispose()


def _sqlite(url: str, pool_size: int, timeout: float) -> tuple[AsyncEngine, AsyncEngine]:
    """One connection that writes and a pool that reads; a database in memory has one connection for both."""
    target = urls.sqlite_url(url)
    pooled = partial(
        create_async_engine,
        target,
        poolclass=AsyncAdaptedQueuePool,
        connect_args={"async_creator_fn": _connect_sqlite, "timeout": timeout, "isolation_level": None},
        max_overflow=0,
        pool_timeout=timeout,
        hide_parameters=True,
    )
    writer = pooled(pool_size=1)
    event.listen(writer.sync_engine, "invalidate", _roll_back)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    if urls.is_memory(url):
        return writer, writer
    reader = pooled(pool_size=pool_size, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
    event.listen(reader.sync_engine, "invalidate", _roll_back)
    return writer, reader


async def _connect_sqlite(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    """A caller that leaves meanwhile leaves no open file and no lock behind: it goes when the file is closed."""
    opening = asyncio.ensure_future(_open_sqlite(*arguments, **options))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.shield(_close_unwanted(opening))
        raise


async def _open_sqlite(*arguments: Any, **options: Any) -> aiosqlite.Connection:
    connection = aiosqlite.connect(*arguments, **options)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does where it connects itself
    await connection
    try:
        await _enter_wal(connection, give_up_at=asyncio.get_running_loop().time() + options["timeout"])
        await connection.execute_fetchall("PRAGMA synchronous = FULL")
        await connection.execute_fetchall("PRAGMA foreign_keys = ON")
    except BaseException:
        await connection.close()
        raise
    return connection


async def _enter_wal(connection: aiosqlite.Connection, give_up_at: float) -> None:
    """Two that change the mode of a new file at once are told at once that it is locked: SQLite would wait forever."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or loop.time() > give_up_at:
                raise
            await asyncio.sleep(0.01)
        else:
            return


async def _close_unwanted(opening: asyncio.Future[aiosqlite.Connection]) -> None:
    with suppress(sqlite3.Error, asyncio.CancelledError):
        connection = await opening
        await connection.close()


def _roll_back(connection: Any, _record: Any, _error: Any) -> None:
    """A statement cut off because its client left: a closed connection keeps the lock while its cursor is alive."""
    with suppress(sqlite3.Error):
        connection.run_async(lambda driver: asyncio.shield(driver.rollback()))


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(url: str, pool_size: int, timeout: float) -> tuple[AsyncEngine, AsyncEngine]:
    """Two pools: a connection that is always in autocommit is not told so again for each statement."""
    dsn, connect_timeout = urls.postgresql_dsn(url)

    async def connect(slowest: float) -> asyncpg.Connection:
        seconds = connect_timeout or timeout
        connection = await connect_postgresql(dsn, seconds, command_timeout=slowest, connection_class=_Connection)
        connection.beginning = min(slowest, timeout)
        return connection

    def pooled(size: int, slowest: float, **options: Any) -> AsyncEngine:
        return create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda *_, **__: connect(slowest),
            pool_size=size,
            max_overflow=0,
            pool_timeout=timeout,
            hide_parameters=True,
            **options,
        )

    reader = pooled(pool_size, timeout, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
    writer = pooled(max(FEWEST_WRITERS, pool_size // 2), SLOWEST_STATEMENT)
    for engine in (writer, reader):
        event.listen(engine.sync_engine, "checkout", _refuse_if_closed)
    return writer, reader


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # the driver has no annotations
    """A server that hangs is found out where a transaction begins, which takes no time; what follows may take its own."""

    beginning: float

    async def execute(self, query: str, *arguments: Any, **options: Any) -> str:
        if query.startswith("BEGIN"):
            options.setdefault("timeout", self.beginning)
        return str(await super().execute(query, *arguments, **options))


def _refuse_if_closed(_connection: Any, record: Any, _proxy: Any) -> None:
    """A restarted server has closed what waits in the pool, and asyncpg knows: the pool then connects anew."""
    if record.driver_connection.is_closed():
        raise DisconnectionError
