"""The database: nothing acknowledged is lost, and while it is away everybody is told so at once."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import event, func, select, text

from blogapp.accounts.models import User
from blogapp.infra.db import Database
from blogapp.infra.engines import SLOWEST_STATEMENT
from blogapp.infra.events import Events
from tests.accounts import make as accounts
from tests.outage import PORT, Wire, wire
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts import make
from tests.posts.make import CONTENT, TITLE
from tests.serving import serving

SOON = 4.0
"""Seconds within which somebody is told that the data is away; a browser would wait for 30 and more."""


only_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])
only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


@pytest.fixture
async def connected(database_url: str, tmp_path: Path) -> AsyncIterator[Wire]:
    async with wire(database_url, tmp_path) as connected:
        yield connected


@pytest.fixture
async def far(connected: Wire) -> AsyncIterator[Quart]:
    """The application at the other end of the wire."""
    async with serving(connected.url, database_timeout=1.0) as app:
        yield app


@pytest.fixture
async def ada_far(far: Quart) -> Person:
    return await accounts.user(far, "ada")


async def _assert_away(client: Client, *, answers_within: float = SOON) -> None:
    started = time.monotonic()
    page, problem = await client.get("/"), await client.get("/api/posts")
    assert time.monotonic() - started < 2 * answers_within
    assert page.status_code == problem.status_code == 503
    assert page.mimetype == "text/html"
    assert problem.mimetype == "application/problem+json"
    assert int(page.headers["Retry-After"]) > 0
    assert int(problem.headers["Retry-After"]) > 0
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503


@only_postgresql
async def test_a_server_that_stops_is_told_at_once_and_found_again(far: Quart, connected: Wire, ada_far: Person):
    client, browser = far.test_client(), await signed_in(far, ada_far)
    assert (await client.get("/readyz")).status_code == 200
    await connected.cut()
    await _assert_away(client)
    await _assert_away(browser)
    assert (await browser.get("/readyz")).mimetype == "application/json"
    await connected.mend()
    assert (await client.get("/")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


@only_postgresql
async def test_nobody_sees_that_the_server_was_restarted_in_between(far: Quart, connected: Wire, ada_far: Person):
    """Neither readers nor writers, whatever connections wait in the pool."""
    browser = await signed_in(far, ada_far)
    await asyncio.gather(*(browser.get("/") for _ in range(10)))
    await connected.cut()
    await connected.mend()
    answers = await asyncio.gather(*(far.test_client().get("/") for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    await connected.cut()
    await connected.mend()
    assert (await far.test_client().post("/auth/login", form=ada_far.login)).status_code == 303


@only_postgresql
async def test_a_server_that_hangs_is_given_up_and_found_again(far: Quart, connected: Wire, ada_far: Person):
    """Connections to it stay open: only that no answer comes tells."""
    client, db = far.test_client(), resources(far).db
    await db.ping()
    started = time.monotonic()
    connected.hold()
    with pytest.raises(TimeoutError):
        async with db.transaction() as session:
            await session.execute(text("SELECT 1"))
    await _assert_away(client, answers_within=SLOWEST_STATEMENT)
    assert time.monotonic() - started < SLOWEST_STATEMENT
    connected.release()
    assert (await client.get("/")).status_code == 200
    async with db.transaction() as session:
        await session.execute(text("SELECT 1"))


@only_postgresql
async def test_a_server_killed_in_the_middle_of_a_request(app: Quart, postgres, ada: Person):
    browser = await signed_in(app, ada)
    name = resources(app).settings.database_url.get_secret_value().rpartition("/")[2].partition("?")[0]

    @event.listens_for(resources(app).db._writer.sync_engine, "before_cursor_execute", once=True)
    def kill(*_: Any) -> None:
        postgres.admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )

    form = {"title": TITLE, "content": CONTENT}
    answers = [await browser.post("/posts/new", form=form) for _ in range(2)]
    assert answers[-1].status_code == 303
    assert answers[0].status_code in {303, 503}
    assert (await app.test_client().get("/api/posts")).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nothing",
        "postgresql://nobody@/nothing?host=/nowhere",
        "postgresql://nobody@name.invalid/nothing",
    ],
)
async def test_a_server_that_was_never_there(url: str):
    async with serving(url, database_timeout=1.0) as app:
        await _assert_away(app.test_client())


async def test_a_server_that_was_never_there_under_two_addresses(monkeypatch: pytest.MonkeyPatch):
    """As "localhost" is on most machines. asyncio joins what went wrong into one error without a number."""
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 1, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    async with serving("postgresql://nobody@localhost:1/nothing", database_timeout=1.0) as app:
        await _assert_away(app.test_client())


@only_postgresql
async def test_a_server_that_takes_no_connections(database_url: str, postgres):
    """Too many clients, starting, stopping: it answers, and says no (SQLSTATE 53300, 57P03)."""
    postgres.admin.execute("DROP ROLE IF EXISTS unwanted")
    postgres.admin.execute("CREATE ROLE unwanted LOGIN CONNECTION LIMIT 0")
    try:
        async with serving(database_url.replace("postgres@", "unwanted@"), database_timeout=1.0) as app:
            await _assert_away(app.test_client())
    finally:
        postgres.admin.execute("DROP ROLE unwanted")


async def test_a_server_that_never_answers(tmp_path: Path):
    """Its socket is there and takes the connection, and then nothing comes."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_unix_server(listen, tmp_path / PORT)
    async with silent, serving(f"postgresql://nobody@/nothing?host={tmp_path}", database_timeout=0.5) as app:
        await _assert_away(app.test_client())


@pytest.fixture
def file(database_url: str) -> Path:
    return Path(database_url.removeprefix("sqlite:///"))


@only_sqlite
@pytest.mark.parametrize("settings", [{"database_timeout": 0.3}])
async def test_a_file_locked_for_too_long(app: Quart, file: Path, ada: Person):
    """By another program, like a backup: readers go on reading, and writers are told."""
    browser = await signed_in(app, ada)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert (await browser.get("/")).status_code == 200
        answer = await browser.post("/posts/new", form={"title": TITLE, "content": CONTENT})
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert (await app.test_client().get("/livez")).status_code == 200
    other.close()
    assert (await browser.post("/posts/new", form={"title": TITLE, "content": CONTENT})).status_code == 303


@only_sqlite
@pytest.mark.parametrize("settings", [{"database_timeout": 30.0}])
async def test_a_file_locked_for_a_moment(app: Quart, file: Path, ada: Person):
    browser = await signed_in(app, ada)
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    asyncio.get_running_loop().call_later(0.3, other.execute, "ROLLBACK")
    assert (await browser.post("/posts/new", form={"title": TITLE, "content": CONTENT})).status_code == 303
    other.close()


@only_sqlite
async def test_a_full_disk(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    async with resources(app).db.connection() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        await connection.rollback()
    long = {"title": TITLE, "content": CONTENT * 1000}
    assert (await browser.post("/posts/new", form=long)).status_code == 503
    assert (await browser.get("/")).status_code == 200
    async with resources(app).db.connection() as connection:
        await connection.execute(text("PRAGMA max_page_count = 1073741823"))
        await connection.rollback()
    assert (await browser.post("/posts/new", form=long)).status_code == 303


@only_sqlite
async def test_a_file_nobody_may_write(app: Quart, file: Path, ada: Person):
    async with serving(f"sqlite:///file:{file}?mode=ro&uri=true") as reading:
        client = reading.test_client()
        assert (await client.get("/")).status_code == 200
        answer = await client.post("/auth/login", form=ada.login)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_file_that_is_gone(tmp_path: Path):
    async with serving(f"sqlite:///file:{tmp_path}/nothing.db?mode=ro&uri=true") as app:
        await _assert_away(app.test_client())


async def test_two_hundred_increments_at_once_count_two_hundred(database_url: str):
    """Read, add, write: each in a transaction of its own, on two programs' connections."""
    async with serving(database_url, database_timeout=60) as app, serving(database_url, database_timeout=60) as other:
        for db in (resources(app).db, resources(other).db):
            assert isinstance(db, Database)
        await resources(app).throttle.incr("before", 60)
        async with resources(app).db.transaction() as session:
            await session.execute(text("UPDATE throttles SET hits = 0"))

        async def add(db: Database) -> None:
            async with db.transaction() as session:
                lock = "" if db.is_sqlite else " FOR UPDATE"
                hits = await session.scalar(text(f"SELECT hits FROM throttles{lock}"))
                await session.execute(text("UPDATE throttles SET hits = :hits"), {"hits": hits + 1})

        await asyncio.gather(*(add(resources(one).db) for one in (app, other) for _ in range(100)))
        async with resources(app).db.read() as connection:
            assert await connection.scalar(text("SELECT hits FROM throttles")) == 200


async def test_clients_that_leave_in_the_middle_hold_no_connection(database_url: str):
    """Cancelled at any moment, acts give their connection back, and leave no transaction open."""
    async with serving(database_url, database_pool_size=2, database_timeout=30) as app:
        db = resources(app).db

        async def act(number: int) -> None:
            async with db.transaction() as session:
                session.add(User(username=f"user{number}", email=f"{number}@example.org", password_hash=""))
                await session.flush()
                await session.scalar(select(func.count()).select_from(User))

        await act(-1)
        for number in range(40):
            task = asyncio.create_task(act(number))
            for _ in range(number):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await asyncio.wait_for(act(1000 + number), 30)
        answers = await asyncio.gather(*(app.test_client().get("/readyz") for _ in range(10)))
        assert {answer.status_code for answer in answers} == {200}


async def test_an_act_that_fails_leaves_nothing_and_tells_nobody(database_url: str):
    events = Events()
    db = Database(database_url, events)
    try:
        with pytest.raises(ZeroDivisionError):
            await _fail(db)
        assert (await db.row(select(func.count()).select_from(User)))[0] == 0
    finally:
        await db.close()


async def _fail(db: Database) -> None:
    async with db.transaction() as session:
        session.add(User(username="ada", email="ada@example.org", password_hash=""))
        await session.flush()
        raise ZeroDivisionError


async def test_ids_are_never_given_again(app: Quart, ada: Person, grace: Person):
    post = await make.post(app, ada)
    async with resources(app).db.transaction() as session:
        await session.execute(text("DELETE FROM users"))
    async with resources(app).db.transaction() as session:
        user = User(username="mary", email="mary@example.org", password_hash="")
        session.add(user)
    assert user.id > grace.id
    assert (await make.post(app, Person(user.id, "mary", ""))).id > post.id


@only_sqlite
async def test_sqlite_survives_a_power_loss_and_keeps_references(app: Quart):
    for connecting in (resources(app).db.read(), resources(app).db.connection()):
        async with connecting as connection:
            found = {
                name: await connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
            assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_text_with_nul_is_refused_not_broken(app: Quart, client: Client, ada: Person, root: Person):
    """PostgreSQL has no place for it; SQLite would take it."""
    answers = [
        await client.get("/users/%00"),
        await client.post("/auth/login", form={"email": "a\0b", "password": "x"}),
        await client.post("/api/tokens", json={"email": "a\0b", "password": "x"}),
        await client.post("/api/tokens", json={"name": "a\0b"}, headers=await bearer(app, ada)),
        await (await signed_in(app, ada)).post("/settings/sessions/%00/end"),
        await client.post(
            "/api/users",
            json={"username": "a\0b", "email": "a\0b@example.org", "password": "long enough, this"},
            headers=await bearer(app, root),
        ),
    ]
    assert [answer.status_code for answer in answers if not 400 <= answer.status_code < 500] == []
