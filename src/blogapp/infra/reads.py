"""Reads on connections that stay taken from their pool: taking one and giving it back costs half as much as a read."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import greenlet_spawn

AnyRow = Row[*tuple[Any, ...]]
"""Selected columns, by name."""

LEFT_TO_OTHERS = 2
"""Connections of the pool that reads of more than one statement find free."""


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

    @property
    def idle(self) -> int:
        """Connections that are taken from the pool and do nothing."""
        return len(self._idle)

    async def rows(self, statement: Executable, given: Mapping[str, object]) -> Sequence[AnyRow]:
        """All of it in one greenlet. Read again, once, when a connection turns out to be lost: after a restart of
        PostgreSQL nobody sees an error. Raises TimeoutError when it does not get its turn.
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
        try:
            return await greenlet_spawn(self._fetch, statement, given)
        except DBAPIError as error:
            if not error.connection_invalidated:
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

    def _fetch(self, statement: Executable, given: Mapping[str, object]) -> Sequence[AnyRow]:
        connection = self._idle.pop() if self._idle else self._engine.connect()
        kept = False
        try:
            rows = _light(connection.execute(statement, given).all())
            kept = len(self._idle) < self._most_kept
        finally:
            if kept:
                self._idle.append(connection)
            else:
                connection.close()
        return rows

    def _give_back(self, connections: Sequence[Connection]) -> None:
        for connection in connections:
            connection.close()


def _light(rows: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """As named tuples: to ask a row of SQLAlchemy for a column by its name takes ten times as long."""
    if not rows:
        return rows
    make = _kind(rows[0]._fields)._make
    return [make(row) for row in rows]


@lru_cache(1000)
def _kind(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names, rename=True)  # noqa: PYI024  # its names are known when it is made
