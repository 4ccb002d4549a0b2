"""How many there are in all: as this process left them, and as others did a second ago."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import bindparam, func, select, text

from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.throttle import Throttle
from blogapp.infra.totals import Totals

ROWS = select(Throttle.key).order_by(Throttle.key).offset(bindparam("offset")).limit(bindparam("size"))
COUNT = select(func.count()).select_from(Throttle)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    db = Database(database_url, Events())
    yield db
    await db.close()


async def add(db: Database, *keys: str) -> None:
    async with db.transaction() as session:
        session.add_all([Throttle(key=key, hits=1, expires_at=0) for key in keys])


async def total(db: Database, offset: int = 0, size: int = 2) -> int:
    return (await db.page(ROWS, COUNT, offset, size))[1]


async def test_pages_know_how_many_rows_there_are(db: Database) -> None:
    assert await total(db) == 0
    await add(db, *"abc")
    assert [await total(db), await total(db, 2), await total(db, 0, 3), await total(db, 4)] == [3, 3, 3, 3]


async def test_what_this_process_commits_counts_at_once(db: Database) -> None:
    await add(db, *"abc")
    assert await total(db) == 3
    await add(db, "d")
    assert await total(db) == 4
    async with db.transaction() as session:
        await session.execute(text("DELETE FROM throttles WHERE key > 'b'"))
    assert await total(db, size=1) == 2


@pytest.mark.parametrize(("fresh", "expected"), [(3600.0, 3), (0.0, 4)])
async def test_what_another_process_commits_counts_when_the_count_is_no_longer_fresh(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, fresh: float, expected: int
) -> None:
    monkeypatch.setattr("blogapp.infra.totals.FRESH", fresh)
    monkeypatch.setattr("blogapp.infra.totals.SHARE", float("inf"))
    other = Database(database_url, Events())
    await add(db, *"abc")
    assert await total(db) == 3
    await add(other, "d")
    assert await total(db) == expected
    await other.close()


async def test_what_took_long_to_count_holds_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blogapp.infra.totals.FRESH", 0.0)
    monkeypatch.setattr("blogapp.infra.totals.SHARE", 0.001)
    totals, asked = Totals(), 0

    async def count() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        return asked

    assert [await totals.get("posts", count) for _ in range(3)] == [1, 1, 1]


async def test_rows_that_are_counted_together_hold_as_one_count_does(
    db: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blogapp.infra.totals.FRESH", 3600.0)
    other = Database(database_url, Events())
    counts = select(Throttle.hits, func.count()).group_by(Throttle.hits)
    await add(db, *"abc")
    found = [tuple(await db.counts(counts))]
    await add(other, "d")
    found.append(tuple(await db.counts(counts)))
    await add(db, "e")
    found.append(tuple(await db.counts(counts)))
    assert found == [((1, 3),), ((1, 3),), ((1, 5),)]
    await other.close()


async def test_there_are_never_fewer_than_are_shown(db: Database, database_url: str) -> None:
    other = Database(database_url, Events())
    await add(db, *"abc")
    assert await total(db) == 3
    await add(other, *"de")
    assert await total(db, 3, 2) == 5
    await other.close()


async def test_a_count_that_a_commit_overtook_is_not_kept() -> None:
    totals = Totals()

    async def count() -> int:
        totals.forget()
        return 1

    async def count_again() -> int:
        return 2

    assert await totals.get("posts", count) == 1
    assert await totals.get("posts", count_again) == 2


async def test_who_asks_meanwhile_gets_the_same_count() -> None:
    totals, asked, counted = Totals(), 0, asyncio.Event()

    async def count() -> int:
        nonlocal asked
        asked += 1
        await counted.wait()
        return 7

    first, *others = (asyncio.ensure_future(totals.get("posts", count)) for _ in range(5))
    await asyncio.sleep(0)
    first.cancel()
    counted.set()
    assert await asyncio.gather(*others) == [7] * 4
    assert asked == 1


async def test_what_is_still_being_counted_ends_with_the_database() -> None:
    totals = Totals()

    async def count() -> int:
        await asyncio.Event().wait()
        return 1

    asked = asyncio.ensure_future(totals.get("posts", count))
    await asyncio.sleep(0)
    await totals.close()
    with pytest.raises(asyncio.CancelledError):
        await asked


async def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blogapp.infra.totals.MOST_KEPT", 2)
    totals = Totals()

    async def count() -> int:
        return 1

    for key in range(5):
        await totals.get(key, count)
    assert len(totals._kept) <= 2
