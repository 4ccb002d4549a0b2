"""`db upgrade` on the database of a Flask application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from blogapp.accounts.models import User
from blogapp.infra import migrations
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.posts.models import Post
from tests import flask_blog, sql


@pytest.fixture
def flask_url(empty_database_url: str) -> str:
    flask_blog.fill(empty_database_url)
    return empty_database_url


USERS = "SELECT id, username, email, password_hash FROM users ORDER BY id"
POSTS = "SELECT id, title, content, user_id FROM posts ORDER BY id"


def test_every_row_is_kept_with_its_id(flask_url):
    users, posts = sql.rows(flask_url, USERS), sql.rows(flask_url, POSTS)
    notes = migrations.upgrade(flask_url)
    assert (sql.rows(flask_url, USERS), sql.rows(flask_url, POSTS)) == (users, posts)
    assert notes == ["taking over the Flask blog's 3 users and 3 posts"]


async def test_times_become_aware_utc_and_are_the_same_moments(flask_url):
    with flask_blog.application(flask_url):
        before = [post.created_at for post in flask_blog.Post.query.order_by(flask_blog.Post.id)]
    await _upgraded(flask_url)
    async with _database(flask_url) as db, db.read() as connection:
        after = list(await connection.scalars(select(Post.created_at).order_by(Post.id)))
    assert after == [moment.replace(tzinfo=UTC) for moment in before]


async def test_missing_times_are_filled(flask_url):
    sql.run(
        flask_url,
        "UPDATE users SET created_at = NULL, updated_at = '2020-02-02 10:00:00' WHERE id = 2",
        "UPDATE users SET created_at = '2020-02-02 10:00:00', updated_at = NULL WHERE id = 7",
        "UPDATE users SET created_at = NULL, updated_at = NULL WHERE id = 12",
    )
    await _upgraded(flask_url)
    async with _database(flask_url) as db, db.read() as connection:
        found = (await connection.execute(select(User.created_at, User.updated_at).order_by(User.id))).all()
    told = datetime(2020, 2, 2, 10, tzinfo=UTC)
    assert [tuple(row) for row in found[:2]] == [(told, told), (told, told)]
    assert found[2].created_at == found[2].updated_at
    assert datetime.now(UTC) - found[2].created_at < timedelta(minutes=1)


def test_posts_get_a_slug_and_every_row_a_version(flask_url):
    migrations.upgrade(flask_url)
    assert sql.rows(flask_url, "SELECT slug, version FROM posts ORDER BY id") == [
        ("hello-world", 1),
        ("grusse-aus-koln", 1),
        ("post", 1),
    ]
    assert sql.rows(flask_url, "SELECT DISTINCT version FROM users") == [(1,)]


def test_nobody_is_an_administrator(flask_url):
    migrations.upgrade(flask_url)
    assert not any(admin for (admin,) in sql.rows(flask_url, "SELECT is_admin FROM users"))


@pytest.mark.parametrize("kind", ["BOOLEAN", "INTEGER"])
def test_who_was_an_administrator_still_is(flask_url, kind):
    yes = "true" if kind == "BOOLEAN" else "1"
    sql.run(
        flask_url, f"ALTER TABLE users ADD COLUMN is_admin {kind}", f"UPDATE users SET is_admin = {yes} WHERE id = 7"
    )
    migrations.upgrade(flask_url)
    assert [bool(admin) for (admin,) in sql.rows(flask_url, "SELECT is_admin FROM users ORDER BY id")] == [0, 1, 0]
    assert migrations.check(flask_url).wanting == []


def test_the_schema_is_that_of_a_new_database(flask_url, database_url):
    migrations.upgrade(flask_url)
    assert sql.catalogue(flask_url) == sql.catalogue(database_url)


async def test_new_ids_go_on_above_the_highest_and_are_never_reused(flask_url):
    await _upgraded(flask_url)
    async with _database(flask_url) as db:
        async with db.transaction() as session:
            first = await session.scalar(insert(User).values(_user("first")).returning(User.id))
            await session.delete(await session.get_one(User, first))
        async with db.transaction() as session:
            second = await session.scalar(insert(User).values(_user("second")).returning(User.id))
    assert (first, second) == (13, 14)


async def test_posts_go_with_their_author(flask_url):
    await _upgraded(flask_url)
    async with _database(flask_url) as db, db.transaction() as session:
        await session.delete(await session.get_one(User, 2))
    assert sql.rows(flask_url, "SELECT id FROM posts") == []


def test_what_only_looks_alike_beyond_ascii_is_the_databases_own_judgement(flask_url, engine_name):
    """lower() of SQLite knows ASCII only, and so does the unique index it serves."""
    sql.run(
        flask_url,
        "UPDATE users SET username = 'Ärger' WHERE id = 2",
        "UPDATE users SET username = 'ärger' WHERE id = 7",
    )
    folds = sql.rows(flask_url, "SELECT lower('Ä') = 'ä'")[0][0]
    if folds:
        with pytest.raises(migrations.Refused, match="users 7: username 'ärger' differs only in case"):
            migrations.upgrade(flask_url)
    else:
        migrations.upgrade(flask_url)
        assert sql.rows(flask_url, "SELECT count(*) FROM users") == [(3,)]


def test_tables_and_columns_of_others_stay(flask_url, engine_name):
    serial = "INTEGER PRIMARY KEY" if engine_name == "sqlite" else "SERIAL PRIMARY KEY"
    sql.run(
        flask_url,
        f"CREATE TABLE comments (id {serial}, body TEXT, user_id INTEGER REFERENCES users (id))",
        "INSERT INTO comments (body, user_id) VALUES ('first!', 7)",
        "ALTER TABLE users ADD COLUMN bio TEXT",
        "ALTER TABLE users ADD COLUMN age INTEGER NOT NULL DEFAULT 7",
        "ALTER TABLE posts ADD COLUMN editor INTEGER REFERENCES users (id)",
        "UPDATE users SET bio = 'born', age = 33 WHERE id = 2",
        "UPDATE posts SET editor = 12 WHERE id = 3",
        "CREATE INDEX ix_bio ON users (bio)",
    )
    migrations.upgrade(flask_url)
    assert sql.rows(flask_url, "SELECT body, user_id FROM comments") == [("first!", 7)]
    assert sql.rows(flask_url, "SELECT bio, age FROM users ORDER BY id") == [("born", 33), (None, 7), (None, 7)]
    assert sql.rows(flask_url, "SELECT editor FROM posts ORDER BY id") == [(12,), (None,), (None,)]
    assert "ix_bio" in str(sql.catalogue(flask_url))
    differences = migrations.check(flask_url)
    assert differences.wanting == []
    assert {"table comments", "column users.bio", "column users.age", "column posts.editor"} <= set(differences.strange)


async def test_columns_of_others_do_not_keep_us_from_writing(empty_database_url, engine_name):
    boss = "REFERENCES users (id)"
    _make_with(empty_database_url, engine_name, f"phone VARCHAR(20) NOT NULL UNIQUE, boss INTEGER {boss}")
    await _upgraded(empty_database_url)
    async with _database(empty_database_url) as db, db.transaction() as session:
        session.add_all([User(**_user("ann")), User(**_user("bob"))])
    assert sql.rows(empty_database_url, "SELECT phone FROM users WHERE id = 1") == [("555",)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        sql.run(empty_database_url, "UPDATE users SET phone = '555'")


def test_triggers_stay_and_do_not_fire(flask_url, engine_name):
    if engine_name == "sqlite":
        body = "BEGIN UPDATE posts SET title = 'touched' WHERE id = NEW.id; END"
        sql.run(flask_url, f"CREATE TRIGGER touch AFTER UPDATE ON posts {body}")
    else:
        body = "BEGIN NEW.title = 'touched'; RETURN NEW; END"
        sql.run(
            flask_url,
            f"CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS '{body.replace(chr(39), chr(39) * 2)}'",
            "CREATE TRIGGER touch BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch()",
        )
    migrations.upgrade(flask_url)
    assert ("touched",) not in sql.rows(flask_url, "SELECT title FROM posts")
    sql.run(flask_url, "UPDATE posts SET version = 2 WHERE id = 3")
    assert sql.rows(flask_url, "SELECT title FROM posts WHERE id = 3") == [("touched",)]


def test_down_gives_the_flask_schema_back_and_up_takes_it_over_again(flask_url):
    migrations.upgrade(flask_url)
    sql.run(flask_url, "UPDATE users SET is_admin = true WHERE id = 7")
    users, posts = sql.rows(flask_url, USERS), sql.rows(flask_url, POSTS)
    migrations.downgrade(flask_url, "base")
    assert sql.tables(flask_url) - {"alembic_version"} == {"users", "posts"}
    assert (sql.rows(flask_url, USERS), sql.rows(flask_url, POSTS)) == (users, posts)
    migrations.upgrade(flask_url)
    assert (sql.rows(flask_url, USERS), sql.rows(flask_url, POSTS)) == (users, posts)
    assert [bool(admin) for (admin,) in sql.rows(flask_url, "SELECT is_admin FROM users ORDER BY id")] == [0, 1, 0]
    assert migrations.check(flask_url).wanting == []


def test_the_flask_application_works_after_a_downgrade(flask_url):
    migrations.upgrade(flask_url)
    migrations.downgrade(flask_url, "base")
    with flask_blog.application(flask_url):
        flask_blog.db.session.add(flask_blog.User(username="new", email="new@example.org", password_hash="!"))
        flask_blog.db.session.commit()
        assert flask_blog.User.query.count() == 4
        assert flask_blog.db.session.get(flask_blog.Post, 3).created_at.tzinfo is None


def test_a_downgraded_database_has_the_tables_that_flask_makes(flask_url, database_url):
    flask_schema = sql.catalogue(flask_url)
    migrations.downgrade(database_url, "base")
    if database_url.startswith("sqlite"):
        kept = ', "is_admin" BOOLEAN NOT NULL DEFAULT 0, "suspended_at" DATETIME'
        made = [
            (kind, name, (text or "").replace(kept, "") or None) for kind, name, text in sql.catalogue(database_url)
        ]
    else:
        made = [row for row in sql.catalogue(database_url) if not {"is_admin", "suspended_at"} & set(map(str, row))]
        made = [row for row in made if "is_admin" not in str(row[1])]
    strangers = ("alembic", "sqlite_sequence")
    assert [row for row in made if not any(word in str(row) for word in strangers)] == flask_schema


def test_a_revision_of_flask_migrate_is_put_aside_and_comes_back(flask_url):
    sql.run(
        flask_url,
        "CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)",
        "INSERT INTO alembic_version VALUES ('3f0c1a2b9d77')",
    )
    migrations.upgrade(flask_url)
    assert migrations.current(flask_url) == migrations.head()
    migrations.downgrade(flask_url, "base")
    assert sql.rows(flask_url, "SELECT version_num FROM alembic_version") == [("3f0c1a2b9d77",)]
    migrations.upgrade(flask_url)
    assert migrations.check(flask_url).wanting == []


def test_times_of_other_spellings_are_brought_into_ours(tmp_path):
    url = f"sqlite:///{tmp_path}/blog.db"
    flask_blog.fill(url)
    sql.run(
        url,
        "UPDATE posts SET created_at = '2024-05-06T07:08:09+02:00' WHERE id = 3",
        "UPDATE posts SET created_at = '2024-05-06' WHERE id = 7",
    )
    migrations.upgrade(url)
    assert sql.rows(url, "SELECT created_at FROM posts WHERE id < 8 ORDER BY id") == [
        ("2024-05-06 05:08:09.000000",),
        ("2024-05-06 00:00:00.000000",),
    ]


def test_tables_from_another_tool_with_wider_types_are_brought_into_ours(empty_postgresql_url):
    """As pgloader makes them from SQLite."""
    sql.run(
        empty_postgresql_url,
        "CREATE TABLE users (id bigint PRIMARY KEY, username text, email text, password_hash text,"
        " created_at timestamptz, updated_at timestamptz)",
        "CREATE TABLE posts (id bigint PRIMARY KEY, title text, content text, created_at timestamp,"
        " updated_at timestamp DEFAULT now(), user_id bigint REFERENCES users)",
        "INSERT INTO users VALUES (41, 'ann', 'ann@example.org', '!', now(), now())",
        "INSERT INTO posts VALUES (1, 'Title', 'Content', now(), now(), 41)",
    )
    migrations.upgrade(empty_postgresql_url)
    assert migrations.check(empty_postgresql_url).wanting == []
    query = (
        "INSERT INTO users (username, email, password_hash, created_at, updated_at) VALUES ('b', 'b', '', now(), now())"
    )
    sql.run(empty_postgresql_url, query)
    assert sql.rows(empty_postgresql_url, "SELECT max(id) FROM users") == [(42,)]


def _make_with(url: str, engine_name: str, columns: str) -> None:
    serial = "INTEGER PRIMARY KEY" if engine_name == "sqlite" else "SERIAL PRIMARY KEY"
    moment = "DATETIME" if engine_name == "sqlite" else "TIMESTAMP"
    times = f"created_at {moment}, updated_at {moment}"
    sql.run(
        url,
        f"CREATE TABLE users (id {serial}, username VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL,"
        f" password_hash VARCHAR(255) NOT NULL, {times}, {columns})",
        f"CREATE TABLE posts (id {serial}, title VARCHAR(200) NOT NULL, content TEXT NOT NULL, {times},"
        " user_id INTEGER NOT NULL REFERENCES users (id))",
        "INSERT INTO users (username, email, password_hash, phone) VALUES ('zoe', 'zoe@example.org', '!', '555')",
    )


def _user(name: str) -> dict[str, str]:
    return {"username": name, "email": f"{name}@example.org", "password_hash": "!"}


async def _upgraded(url: str) -> None:
    """Its own loop needs a thread of its own."""
    await asyncio.to_thread(migrations.upgrade, url)


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    db = Database(url, Events())
    yield db
    await db.close()
