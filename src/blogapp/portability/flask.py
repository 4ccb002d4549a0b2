"""Copying a Flask blog's users and posts into this blog's database, on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
from sqlalchemy import Connection, NullPool, event, func, insert, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from blogapp.accounts.models import User
from blogapp.errors import Refused
from blogapp.infra import migrations, urls
from blogapp.infra.db import Database
from blogapp.infra.faults import CONNECT_PATIENCE
from blogapp.infra.progress import Progress
from blogapp.infra.reasons import readable, refusing
from blogapp.portability import flask_rows
from blogapp.portability.flask_rows import Row
from blogapp.portability.flask_survey import survey
from blogapp.posts.models import Post
from blogapp.settings import without_password
from blogapp.text import slug


@dataclass(frozen=True, slots=True)
class Copied:
    users: int
    posts: int
    renumbered: bool
    """New ids were given, for the blog had users or posts already."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ids here of the rows there."""

    users: dict[int, int]
    posts_from: int | None
    """The first id for posts; None keeps theirs."""


def source_url(source: str) -> str:
    """A path of an SQLite file, or a database URL. Raises Refused when there is no such file."""
    url = readable(source) if "://" in source else URL.create("sqlite", database=source).render_as_string()
    path = Path(make_url(url).database or "")
    if urls.is_sqlite(url) and not path.is_file():
        raise Refused(f"there is no SQLite file {path}")
    return url


async def copy(source: str, target: str, db: Database, progress: Progress) -> Copied:
    """All in one transaction of `db`, whose URL is `target`. Raises Refused with a line for everything in the way."""
    with refusing(target):
        await _must_be_migrated(db)
    _must_differ(source, target)
    with refusing(source):
        async with _opened(source) as old, db.transaction() as session:
            new = await session.connection()
            there = await old.run_sync(lambda connection: connection)
            return await new.run_sync(
                lambda here: _copy(there, here, f"the database {without_password(source)}", progress)
            )


async def _must_be_migrated(db: Database) -> None:
    async with db.read() as connection:
        if not await migrations.is_current(connection):
            raise Refused("this blog's database is not up to date: run `blogapp db upgrade` first")


def _must_differ(source: str, target: str) -> None:
    files = [Path(str(make_url(url).database)).resolve() for url in (source, target) if urls.is_sqlite(url)]
    if len(files) == 2 and files[0] == files[1]:
        raise Refused("SOURCE is this blog's own database, which `blogapp db upgrade` takes over where it stands")


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[AsyncConnection]:
    """One snapshot, nothing written."""
    engine = _sqlite_engine(url) if urls.is_sqlite(url) else _postgresql_engine(url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


def _sqlite_engine(url: str) -> AsyncEngine:
    file = quote(str(Path(str(make_url(url).database)).resolve()))
    read_only = URL.create("sqlite+aiosqlite", database=f"file:{file}", query={"mode": "ro", "uri": "true"})
    engine = create_async_engine(read_only, poolclass=NullPool)
    event.listen(engine.sync_engine, "connect", _leave_transactions)
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _leave_transactions(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _postgresql_engine(url: str) -> AsyncEngine:
    dsn, timeout = urls.postgresql_dsn(url)

    async def connect(*_: Any, **__: Any) -> asyncpg.Connection:
        read_only = {"default_transaction_read_only": "on"}
        return await asyncpg.connect(dsn, timeout=timeout or CONNECT_PATIENCE, server_settings=read_only)

    return create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, poolclass=NullPool, isolation_level="REPEATABLE READ"
    )


def _copy(old: Connection, new: Connection, name: str, progress: Progress) -> Copied:
    flask_rows.check_tables(old, name)
    if new.dialect.name == "postgresql":
        new.execute(text("LOCK TABLE users, posts IN SHARE ROW EXCLUSIVE MODE"))
    found = survey(old, new, progress)
    if found.conflicts:
        raise Refused("\n".join(map(str, found.conflicts)))
    numbers = _numbers(new, found.user_ids)
    now = datetime.now(UTC)
    _copy_users(old, new, numbers, now, progress)
    _copy_posts(old, new, numbers, now, progress)
    if new.dialect.name == "postgresql":
        _number_on(new)
    return Copied(len(found.user_ids), found.post_count, renumbered=numbers.posts_from is not None)


def _numbers(new: Connection, user_ids: Sequence[int]) -> Numbers:
    """The ids of the Flask blog in an empty one, so that addresses stay; else those after the highest ever given."""
    used = new.scalar(select(func.count()).select_from(User)) or new.scalar(select(func.count()).select_from(Post))
    if not used:
        return Numbers({id_: id_ for id_ in user_ids}, None)
    first = _highest(new, "users") + 1
    return Numbers({id_: first + place for place, id_ in enumerate(user_ids)}, _highest(new, "posts") + 1)


def _highest(new: Connection, table: str) -> int:
    """Of all ids ever given: those of deleted rows don't come again."""
    query = "SELECT max(seq) FROM sqlite_sequence WHERE name = :table"
    if new.dialect.name == "postgresql":
        query = f"SELECT greatest((SELECT max(id) FROM {table}), nextval(pg_get_serial_sequence(:table, 'id')) - 1)"
    return int(new.scalar(text(query), {"table": table}) or 0)


def _copy_users(old: Connection, new: Connection, numbers: Numbers, now: datetime, progress: Progress) -> None:
    with progress.count("copying users", len(numbers.users)) as advance:
        for rows in flask_rows.batches(old, "users"):
            new.execute(insert(User), [_values(row, now) | {"id": numbers.users[row.id]} for row in rows])
            advance(len(rows))


def _copy_posts(old: Connection, new: Connection, numbers: Numbers, now: datetime, progress: Progress) -> None:
    given = 0
    with progress.count("copying posts", flask_rows.count(old, "posts")) as advance:
        for rows in flask_rows.batches(old, "posts"):
            new.execute(insert(Post), [_post(row, numbers, given + place, now) for place, row in enumerate(rows)])
            given += len(rows)
            advance(len(rows))


def _post(row: Row, numbers: Numbers, place: int, now: datetime) -> dict[str, Any]:
    """Plain text, published when it was written."""
    values = _values(row, now)
    return values | {
        "published_at": values["created_at"],
        "id": row.id if numbers.posts_from is None else numbers.posts_from + place,
        "user_id": numbers.users[row.values["user_id"]],
        "slug": slug(row.values["title"]),
    }


def _values(row: Row, now: datetime) -> dict[str, Any]:
    return {**row.values, **flask_rows.moments(row, now), "version": 1}


def _number_on(new: Connection) -> None:
    for table in ("users", "posts"):
        next_id = {"table": table, "next": _highest(new, table) + 1}
        new.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)"), next_id)
