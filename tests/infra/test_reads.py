"""Reads keep their connections, wait for their turn, and leave room for others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Executable, func, literal, select, text

from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.faults import is_away

_counted = select(literal(1).label("i")).cte("n", recursive=True)
_all_counted = _counted.union_all(select(_counted.c.i + 1).where(_counted.c.i < 300_000))
SLOW = {
    "sqlite": select(func.count()).select_from(_all_counted),
    "postgresql": select(func.pg_sleep(0.1)),
}


@pytest.fixture(params=[1, 2, 3, 10])
async def db(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    db = Database(database_url, Events(), pool_size=request.param, timeout=30)
    yield db
    await db.close()


async def test_many_more_reads_than_connections_all_come_back(db: Database) -> None:
    statement = select(literal(7))
    found = await asyncio.gather(*(db.rows(statement) for _ in range(200)))
    assert {rows[0][0] for rows in found} == {7}


async def test_longer_reads_find_a_connection_beside_short_ones(db: Database, engine_name: str) -> None:
    reads = [asyncio.create_task(db.rows(SLOW[engine_name])) for _ in range(20)]
    await asyncio.sleep(0)
    async with db.read() as connection:
        assert await connection.scalar(select(literal(1))) == 1
    await asyncio.gather(*reads)


async def test_a_failed_statement_takes_no_turn_and_no_connection_away(db: Database) -> None:
    for _ in range(30):
        with pytest.raises(Exception, match="nowhere"):
            await db.rows(text("SELECT * FROM nowhere"))
    assert (await db.rows(select(literal(1))))[0][0] == 1


async def test_a_read_that_is_given_up_takes_no_turn_away(db: Database, engine_name: str) -> None:
    for _ in range(12):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.gather(*(db.rows(SLOW[engine_name]) for _ in range(12)))
    assert (await db.rows(select(literal(1))))[0][0] == 1


async def test_who_waits_too_long_for_a_turn_is_told_that_the_database_is_away(
    database_url: str, engine_name: str
) -> None:
    db = Database(database_url, Events(), pool_size=1, timeout=0.05)
    try:
        found = await asyncio.gather(*(db.rows(SLOW[engine_name]) for _ in range(10)), return_exceptions=True)
        refused = [one for one in found if isinstance(one, BaseException)]
        assert refused
        assert all(is_away(error) for error in refused)
    finally:
        await db.close()


async def test_each_read_sees_the_newest_commit(db: Database) -> None:
    count: Executable = select(func.count()).select_from(text("throttles"))
    for number in range(5):
        assert (await db.rows(count))[0][0] == number
        async with db.transaction() as session:
            await session.execute(
                text("INSERT INTO throttles (key, hits, expires_at) VALUES (:key, 1, 0)"), {"key": str(number)}
            )


async def test_a_connection_given_up_while_it_opens_leaves_no_lock_behind(tmp_path: Path) -> None:
    for tenth in range(100):
        url = f"sqlite:///{tmp_path}/{tenth}.db"
        left, following = Database(url, Events(), pool_size=3), Database(url, Events(), timeout=2.0)
        opening = [asyncio.create_task(left.rows(select(literal(1)))) for _ in range(3)]
        await asyncio.sleep(tenth / 10_000)
        for one in opening:
            one.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        async with following.transaction() as session:
            await session.execute(text("CREATE TABLE kept (number INTEGER)"))
        await left.close()
        await following.close()


async def test_a_new_file_opened_many_times_at_once_is_no_error(tmp_path: Path) -> None:
    for number in range(20):
        several = [Database(f"sqlite:///{tmp_path}/{number}.db", Events()) for _ in range(4)]
        found = await asyncio.gather(*(db.rows(select(literal(7))) for db in several))
        assert {rows[0][0] for rows in found} == {7}
        for db in several:
            await db.close()


async def test_what_is_still_read_while_it_closes_gives_its_connection_back(
    database_url: str, engine_name: str
) -> None:
    db = Database(database_url, Events())
    reading = asyncio.create_task(db.rows(SLOW[engine_name]))
    await asyncio.sleep(0.05)
    await db.close()
    assert reading.done()
    assert len(await reading) == 1
    assert db._reads.idle == 0
