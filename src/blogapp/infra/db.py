"""The database: who reads, who writes, when it commits.

Reads are Core statements on an autocommit connection; acts are ORM sessions in one transaction. On SQLite the
writers of a process stand in one queue and take the lock at BEGIN (a read that turns into a write fails at once
there, whatever the busy timeout), and `synchronous=FULL` makes a commit survive a power loss.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, Executable, Index, MetaData, QueuePool, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from blogapp.infra import engines, urls
from blogapp.infra.events import PARTAKERS, Events, told
from blogapp.infra.reads import AnyRow, Reads
from blogapp.infra.totals import Totals


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def postgresql_index(name: str, *parts: str, **options: Any) -> Index:
    """One that SQLite does without: migrations make and compare it on PostgreSQL alone."""
    return Index(name, *parts, info={"dialect": "postgresql"}, **options).ddl_if(dialect="postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC on both databases; SQLite keeps it as naive UTC text, as the Flask application did."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """None where the driver gives aware times by itself: a list has dozens."""
        return super().result_processor(dialect, coltype) if dialect.name == "sqlite" else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        return value.replace(tzinfo=UTC) if value is not None else value


def columns(model: type[Base]) -> Any:
    """The columns of a model's table, by name: Core reads do without the ORM's machinery."""
    return model.__table__.c


def insert_into(session: AsyncSession, model: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy has for each database apart."""
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(model)


def now() -> datetime:
    return datetime.now(UTC)


class Database:
    """`read()` and `transaction()` are the only ways in; nothing else commits."""

    def __init__(
        self,
        url: str,
        events: Events,
        *,
        pool_size: int = 10,
        timeout: float = 5.0,
        watches: Sequence[Callable[[AsyncEngine], None]] = (),
    ) -> None:
        """`watches` are told of each engine, to see what it does."""
        self.is_sqlite = urls.is_sqlite(url)
        self.is_memory = urls.is_memory(url)
        self.events = events
        self._timeout = timeout
        self._writer, self._reader = engines.writer_and_reader(url, pool_size, timeout)
        for watch in watches:
            for engine in {self._writer, self._reader}:
                watch(engine)
        self._totals = Totals()
        self._reads = Reads(self._reader, 1 if self.is_memory else pool_size, timeout)
        self._sessions = async_sessionmaker(self._writer, expire_on_commit=False, info={PARTAKERS: events})

    async def rows(self, statement: Executable, **given: object) -> Sequence[AnyRow]:
        """One read; no connection is held longer than it takes."""
        return await self._reads.rows(statement, given)

    async def row(self, statement: Executable, **given: object) -> AnyRow | None:
        """The first row, if there is one."""
        found = await self.rows(statement, **given)
        return found[0] if found else None

    async def counts(self, statement: Executable, **given: object) -> Sequence[AnyRow]:
        """Rows that take long to count together: as they are now, or as another asker found them a moment ago."""
        return await self._totals.get((statement, *given.values()), partial(self.rows, statement, **given))

    async def page(
        self, statement: Executable, count: Executable, offset: int, size: int, **given: object
    ) -> tuple[Sequence[AnyRow], int]:
        """`size` rows from `offset`, and how many there are in all: counted now, or by others a moment ago."""
        rows = await self.rows(statement, offset=offset, size=size, **given)
        return rows, await self._total(rows, count, offset, size, **given)

    async def page_of_counts(
        self, statement: Executable, count: Executable, offset: int, size: int
    ) -> tuple[Sequence[AnyRow], int]:
        """The same of rows that take long to count together."""
        rows = await self.counts(statement, offset=offset, size=size)
        return rows, await self._total(rows, count, offset, size)

    async def _total(self, rows: Sequence[AnyRow], count: Executable, offset: int, size: int, **given: object) -> int:
        if len(rows) < size and (rows or not offset):
            return offset + len(rows)
        total = int((await self.counts(count, **given))[0][0])
        return max(total, offset + len(rows) if rows else 0)

    def read(self) -> AsyncConnection:
        """To be entered with `async with`: a connection in autocommit, for more than one statement at a time."""
        return self._reader.connect()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment, however long it reads and whatever others write."""
        async with self.read() as connection:
            begin = "BEGIN" if self.is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            await connection.exec_driver_sql(begin)
            try:
                yield connection
            finally:
                await connection.exec_driver_sql("ROLLBACK")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One act: commits at the end of the block, then delivers its events; rolls back on any error."""
        try:
            async with self._sessions.begin() as session:
                yield session
        finally:
            self._totals.forget()
        if events := told(session):
            await asyncio.shield(self.events.deliver(events))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A bare connection of the writer, for migrations of a database that lives in memory."""
        async with self._writer.connect() as connection:
            yield connection

    def pools(self) -> dict[str, tuple[int, int]]:
        """Connections at most, and of those at work now. A database in memory has one pool for both."""
        reader, writer = (cast(QueuePool, engine.sync_engine.pool) for engine in (self._reader, self._writer))
        found = {"read": (reader.size(), reader.checkedout() - self._reads.idle)}
        return found if self.is_memory else {**found, "write": (writer.size(), writer.checkedout())}

    async def ping(self) -> None:
        await self.rows(text("SELECT 1"))

    async def close(self) -> None:
        """Waits for those who are still at work, as long as one waits for a connection: what came back to a pool that is
        gone would stay open.
        """
        await self._totals.close()
        await self._reads.close()
        await asyncio.gather(*(engines.leave(engine, self._timeout) for engine in {self._writer, self._reader}))
