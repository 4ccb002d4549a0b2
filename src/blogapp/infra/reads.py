"""Reads on connections that stay taken from their pool: taking one and giving it back costs half as much as a read."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

from blogapp.infra.prepared import Heading, Prepared, headings, prepare, row_of

AnyRow = Row[*tuple[Any, ...]]
"""Selected columns, by name."""

LEFT_TO_OTHERS = 2
"""Connections of the pool that reads of more than one statement find free."""

CUT_OFF = asyncpg.InternalClientError
"""What asyncpg raises when it is just hearing that the server has closed the connection."""

REFUSALS = (asyncpg.PostgresError, asyncpg.InterfaceError, CUT_OFF, sqlite3.Error, ConnectionError)
"""What a driver raises, but for the end of its patience: nobody waits twice."""


class Reads:
    """One statement at a time in autocommit: it sees the newest commit."""

    def __init__(self, engine: AsyncEngine, pool_size: int, timeout: float) -> None:
        """`timeout` is how many seconds a read waits for its turn."""
        self._engine = engine.sync_engine
        self._timeout = timeout
        self._most_kept = max(0, pool_size - LEFT_TO_OTHERS)
        self._at_once = self._most_kept or pool_size
        self._turns = asyncio.Semaphore(self._at_once)
        self._idle: list[Connection] = []
        self._known: WeakKeyDictionary[Executable, tuple[Heading, ...] | Prepared | None] = WeakKeyDictionary()

    @property
    def idle(self) -> int:
        """Connections that are taken from the pool and do nothing."""
        return len(self._idle)

    async def rows(self, statement: Executable, given: Mapping[str, object]) -> Sequence[AnyRow]:
        """Read again, once, when a connection turns out to be lost: after a restart of PostgreSQL nobody sees an error.
        Raises TimeoutError when it does not get its turn.
        """
        if self._turns.locked():
            async with asyncio.timeout(self._timeout):
                await self._turns.acquire()
        else:
            await self._turns.acquire()
        try:
            return await self._read(statement, given)
        finally:
            self._turns.release()

    async def _read(self, statement: Executable, given: Mapping[str, object]) -> Sequence[AnyRow]:
        """What fails on the short way is asked again by SQLAlchemy, which knows what each driver's errors mean."""
        if self._idle and (prepared := self._prepared(statement)) is not None:
            with suppress(*REFUSALS):
                return await self._at_the_driver(prepared, given)
        try:
            return await greenlet_spawn(self._fetch, statement, given)
        except (DBAPIError, CUT_OFF) as error:
            if isinstance(error, DBAPIError) and not error.connection_invalidated:
                raise
            await self._leave_idle()
            return await greenlet_spawn(self._fetch, statement, given)

    async def close(self) -> None:
        """No further reads. Waits for those under way, so that none of them keeps its connection from the pool."""
        self._most_kept = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout):
                for _ in range(self._at_once):
                    await self._turns.acquire()
        await self._leave_idle()

    async def _leave_idle(self) -> None:
        """To the pool, which looks at each connection before it hands it out again."""
        await greenlet_spawn(self._give_back, [self._idle.pop() for _ in range(len(self._idle))])

    def _prepared(self, statement: Executable) -> Prepared | None:
        """Of a statement that comes again: one that is made for each request is not worth it."""
        found = self._known.get(statement)
        if isinstance(found, tuple):
            found = self._known[statement] = prepare(statement, found, self._engine.dialect)
        return found

    async def _at_the_driver(self, prepared: Prepared, given: Mapping[str, object]) -> Sequence[AnyRow]:
        connection = self._idle.pop()
        try:
            rows = await prepared.rows(connection, given)
        except BaseException:
            await greenlet_spawn(self._give_up, connection)
            raise
        if len(self._idle) < self._most_kept:
            self._idle.append(connection)
        else:
            await greenlet_spawn(connection.close)
        return rows

    def _fetch(self, statement: Executable, given: Mapping[str, object]) -> Sequence[AnyRow]:
        connection = self._idle.pop() if self._idle else self._engine.connect()
        kept = False
        try:
            result = connection.execute(statement, given)
            self._known.setdefault(statement, headings(result))
            make = row_of(tuple(result.keys()))
            rows = [make(row) for row in result]
            kept = len(self._idle) < self._most_kept
        finally:
            if kept:
                self._idle.append(connection)
            else:
                connection.close()
        return rows

    def _give_up(self, connection: Connection) -> None:
        connection.invalidate()
        connection.close()

    def _give_back(self, connections: Sequence[Connection]) -> None:
        for connection in connections:
            connection.close()
