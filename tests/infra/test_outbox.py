"""Rows of the outbox: there with their act, claimed by one, done at last or dead and said so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from blogapp.errors import NotFound
from blogapp.infra import migrations, outbox
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.outbox import Work
from tests import sql

LEASE = timedelta(seconds=60)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    db = Database(url, Events())
    try:
        yield db
    finally:
        await db.close()


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as db:
        yield db


async def put(db: Database, key: str, **facts: object) -> None:
    async with db.transaction() as session:
        await outbox.put(session, "greet", key, **facts)


async def hand_out(db: Database, most: int = 100) -> list[int]:
    async with db.transaction() as session:
        return [number for number, _ in await outbox.hand_out(session, most)]


async def claim(db: Database, id: int) -> Work | None:
    async with db.transaction() as session:
        return await outbox.claim(session, id, LEASE)


def states(url: str) -> list[Any]:
    return sql.rows(url, "SELECT key, state FROM outbox ORDER BY id")


async def test_a_row_is_there_with_its_act_or_not_at_all(db: Database, database_url: str):
    with pytest.raises(NotFound):
        await _put_and_fail(db)
    assert states(database_url) == []
    await put(db, "a")
    assert states(database_url) == [("a", "waiting")]


async def test_a_key_is_one_piece_of_work_even_after_it_was_done(db: Database, database_url: str):
    await put(db, "a", name="ada")
    await put(db, "a", name="grace")
    work = await claim(db, (await hand_out(db))[0])
    assert work is not None
    assert work.facts == {"name": "ada"}
    async with db.transaction() as session:
        await outbox.finish(session, work)
    await put(db, "a")
    assert states(database_url) == [("a", "done")]
    assert sql.rows(database_url, "SELECT CAST(facts AS text) FROM outbox") == [("{}",)]
    assert not await outbox.is_any_due(db)


async def test_each_row_is_handed_to_one_and_claimed_by_one(db: Database, database_url: str):
    for number in range(40):
        await put(db, f"n{number}")
    async with opened(database_url) as other:
        handed = await asyncio.gather(*(hand_out(one, 7) for one in (db, other) * 8))
        ids = [number for part in handed for number in part]
        assert len(ids) == len(set(ids)) == 40
        claimed = await asyncio.gather(*(claim(one, number) for number in ids for one in (db, other)))
    assert sorted(work.id for work in claimed if work) == sorted(ids)


async def test_a_row_that_nobody_began_is_handed_out_again(db: Database):
    await put(db, "a")
    (first,) = await hand_out(db)
    assert await hand_out(db) == []
    with time_machine.travel(datetime.now(UTC) + outbox.HANDED_AGAIN):
        assert await hand_out(db) == [first]


async def test_a_lease_that_ran_out_lets_another_do_it(db: Database, database_url: str):
    await put(db, "a")
    (handed,) = await hand_out(db)
    first = await claim(db, handed)
    assert first is not None
    assert await claim(db, handed) is None
    with time_machine.travel(datetime.now(UTC) + LEASE):
        assert await hand_out(db) == [handed]
        second = await claim(db, handed)
    assert second is not None
    assert (first.tries, second.tries) == (1, 2)
    async with db.transaction() as session:
        await outbox.put_off(session, first, "too late to say", None)
    assert states(database_url) == [("a", "running")]


async def test_what_failed_waits_and_what_is_dead_stays_until_somebody_says(db: Database, database_url: str):
    await put(db, "a")
    work = await claim(db, 1)
    assert work is not None
    async with db.transaction() as session:
        await outbox.put_off(session, work, "no route", timedelta(seconds=9))
    assert await hand_out(db) == []
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=9)):
        work = await claim(db, 1)
    assert work is not None
    async with db.transaction() as session:
        await outbox.put_off(session, work, "x" * 9999, None)
    assert states(database_url) == [("a", "dead")]
    assert await hand_out(db) == []
    rows, total = await outbox.undone(db, 0, 10)
    assert (total, len(rows[0].last_error)) == (1, outbox.ERROR_LENGTH)
    async with db.transaction() as session:
        await outbox.retry(session, 1)
    assert await hand_out(db) == [1]
    async with db.transaction() as session:
        await outbox.drop(session, 1)
    assert states(database_url) == []


@pytest.mark.parametrize("act", [outbox.retry, outbox.drop])
async def test_what_is_not_there_is_said(db: Database, act):
    async with db.transaction() as session:
        with pytest.raises(NotFound):
            await act(session, 7)


async def test_done_rows_go_after_a_while(db: Database, database_url: str):
    await put(db, "a")
    await put(db, "b")
    work = await claim(db, 1)
    assert work is not None
    async with db.transaction() as session:
        await outbox.finish(session, work)
    with time_machine.travel(datetime.now(UTC) + outbox.KEPT):
        async with db.transaction() as session:
            await outbox.sweep(session)
    assert states(database_url) == [("b", "waiting")]


async def test_the_revision_before_loses_no_row_of_its_own(database_url: str):
    sql.run(
        database_url,
        "INSERT INTO users (id, username, email, password_hash, created_at, updated_at)"
        " VALUES (1, 'ada', 'ada@example.org', 'x', '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
    )
    before = sql.rows(database_url, "SELECT * FROM users")
    await asyncio.to_thread(migrations.downgrade, database_url, "0001")
    assert not {"outbox", "links", "confirmations"} & sql.tables(database_url)
    await asyncio.to_thread(migrations.upgrade, database_url)
    assert sql.rows(database_url, "SELECT * FROM users") == before


async def _put_and_fail(db: Database) -> None:
    async with db.transaction() as session:
        await outbox.put(session, "greet", "a")
        raise NotFound("What the act was about.")
