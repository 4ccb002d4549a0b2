"""A read that is made again goes straight to the driver, and nobody can tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    Integer,
    LargeBinary,
    Select,
    String,
    bindparam,
    event,
    func,
    literal,
    null,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from blogapp.infra.db import Database, UTCDateTime
from blogapp.infra.events import Events

MOMENT = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
KINDS = {
    "moment": literal(MOMENT, UTCDateTime),
    "given": bindparam("when", type_=UTCDateTime),
    "truth": literal(value=True, type_=Boolean),
    "document": literal({"a": [1, None]}, JSON),
    "number": literal(1.5, Float),
    "octets": literal(b"\0\xff", LargeBinary),
    "words": bindparam("words", type_=String),
    "class": literal(7),
    "none_": null(),
}
REFUSED: dict[str, Select[Any]] = {
    "sqlite": select(func.json(bindparam("words", type_=String))),
    "postgresql": select(1 / func.length(bindparam("words", type_=String))),
}


@pytest.fixture
async def db(empty_database_url: str) -> AsyncIterator[Database]:
    db = Database(empty_database_url, Events())
    yield db
    await db.close()


async def test_it_is_the_same_the_second_time(db: Database):
    statement = select(*(value.label(name) for name, value in KINDS.items()))
    found = [await db.row(statement, when=MOMENT, words=words) for words in ("a", "b\N{SNOWMAN}", "c")]
    for row, words in zip(found, ("a", "b\N{SNOWMAN}", "c"), strict=True):
        assert row is not None
        assert row._fields == found[0]._fields
        assert tuple(row) == (MOMENT, MOMENT, True, {"a": [1, None]}, 1.5, b"\0\xff", words, 7, None)
        assert row.moment.tzinfo is not None
        assert row.truth is True


async def test_values_may_be_many(db: Database):
    statement = select(literal(3).label("three")).where(literal(3).in_(bindparam("some", expanding=True)))
    assert [len(await db.rows(statement, some=some)) for some in ([1, 3], [2], [3, 4, 5], [])] == [1, 0, 1, 0]


async def test_who_forgets_a_value_is_told(db: Database):
    statement = select(bindparam("number", type_=Integer))
    for _ in range(2):
        assert tuple(await db.rows(statement, number=1)) == ((1,),)
    with pytest.raises(KeyError, match="number"):
        await db.rows(statement)


async def test_a_refusal_is_told_as_sqlalchemy_tells_it(db: Database, engine_name: str):
    statement = REFUSED[engine_name]
    for _ in range(2):
        assert await db.row(statement, words="1")
    for _ in range(2):
        with pytest.raises(DBAPIError):
            await db.rows(statement, words="")
    assert await db.row(statement, words="1")


async def test_listeners_hear_of_each(db: Database):
    heard: list[tuple[str, int]] = []
    statement = select(bindparam("number", type_=Integer))

    def begin(_connection: Any, _cursor: Any, statement: str, values: Any, context: Any, _many: Any) -> None:
        context.noted = (statement, *values)

    def end(_connection: Any, _cursor: Any, _statement: Any, _values: Any, context: Any, _many: Any) -> None:
        heard.append(context.noted)

    engine = db._reader.sync_engine
    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    for number in (1, 2, 3):
        await db.rows(statement, number=number)
    assert [values for _, *values in heard] == [[1], [2], [3]]
    assert len({words for words, _ in heard}) == 1


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_lost_connections_are_nobodys_business(db: Database):
    statement = select(func.pg_backend_pid().label("pid"))
    ends = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:ours)")
    before = {row.pid for row in [await db.row(statement) for _ in range(3)] if row}
    async with db.transaction() as session:
        await session.execute(ends, {"ours": list(before)})
    after = await db.row(statement)
    assert after is not None
    assert after.pid not in before
