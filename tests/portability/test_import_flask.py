"""`import flask`: a Flask blog copied from either engine into either engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import URL, make_url

from blogapp.accounts.models import User
from blogapp.errors import Refused
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.progress import Silent
from blogapp.infra.reasons import refusing
from blogapp.portability import flask
from blogapp.portability.flask import Copied
from blogapp.posts.models import Post
from tests import flask_blog, sql

USERS = "SELECT id, username, email, password_hash FROM users ORDER BY id"
POSTS = "SELECT id, title, content, user_id FROM posts ORDER BY id"


@pytest.fixture(params=["sqlite", "postgresql"])
def source(request, tmp_path):
    """A Flask blog, on the same engine as ours or on the other."""
    if request.param == "sqlite":
        url = URL.create("sqlite", database=f"{tmp_path}/flask 100%25 #1?.db").render_as_string()
        flask_blog.fill(url)
        yield url
    else:
        with request.getfixturevalue("postgres").database() as url:
            flask_blog.fill(url)
            yield url


async def copied(source: str, target: str) -> Copied:
    db = Database(target, Events())
    try:
        return await flask.copy(flask.source_url(source), target, db, Silent())
    finally:
        await db.close()


async def add_user(url: str, name: str, *, posts: int = 0) -> None:
    db = Database(url, Events())
    async with db.transaction() as session:
        values = {"username": name, "email": f"{name}@example.com", "password_hash": "!"}
        author = await session.scalar(insert(User).values(values).returning(User.id))
        session.add_all(Post(title=f"Old {n}", slug="old", content="Old", user_id=author) for n in range(posts))
    await db.close()


async def test_an_empty_blog_gets_every_row_with_its_id(source, database_url):
    assert await copied(source, database_url) == Copied(3, 3, renumbered=False)
    assert sql.rows(database_url, USERS) == sql.rows(source, USERS)
    assert sql.rows(database_url, POSTS) == sql.rows(source, POSTS)
    assert sql.rows(database_url, "SELECT slug FROM posts WHERE id = 3") == [("hello-world",)]


async def test_times_stay_the_same_moments(source, database_url):
    await copied(source, database_url)
    with sql.connected(source) as connection:
        theirs = list(connection.scalars(select(flask_blog.Post.created_at).order_by(flask_blog.Post.id)))
    with sql.connected(database_url) as connection:
        ours = list(connection.scalars(select(Post.created_at).order_by(Post.id)))
    assert [moment.replace(tzinfo=None) for moment in ours] == theirs


async def test_new_rows_go_on_above_the_copied(source, database_url):
    await copied(source, database_url)
    await add_user(database_url, "next", posts=1)
    assert sql.rows(database_url, "SELECT max(id) FROM users") == [(13,)]
    assert sql.rows(database_url, "SELECT max(id) FROM posts") == [(12,)]


async def test_a_blog_in_use_gives_new_ids_and_posts_follow_their_author(source, database_url):
    await add_user(database_url, "zoe", posts=2)
    assert await copied(source, database_url) == Copied(3, 3, renumbered=True)
    assert [row[:2] for row in sql.rows(database_url, USERS)] == [
        (1, "zoe"),
        (2, "Ann"),
        (3, "bob o'hara ✿"),
        (4, "x"),
    ]
    assert [(row[0], row[3]) for row in sql.rows(database_url, POSTS)] == [(1, 1), (2, 1), (3, 2), (4, 2), (5, 2)]
    await add_user(database_url, "next", posts=1)
    assert sql.rows(database_url, "SELECT max(id) FROM users") == [(5,)]


async def test_ids_of_deleted_accounts_are_not_given_again(source, database_url):
    await add_user(database_url, "zoe")
    await add_user(database_url, "gone")
    sql.run(database_url, "DELETE FROM users WHERE username = 'gone'")
    await copied(source, database_url)
    assert [row[0] for row in sql.rows(database_url, USERS)] == [1, 3, 4, 5]


async def test_names_that_are_taken_are_reported_by_row_and_nothing_is_copied(source, database_url):
    await add_user(database_url, "ANN")
    sql.run(database_url, "UPDATE users SET email = 'X@example.org'")
    before = sql.everything(database_url)
    with pytest.raises(Refused) as refused:
        await copied(source, database_url)
    assert str(refused.value).splitlines() == [
        (
            "users 2: username 'Ann' differs only in case from that of account 1 of this blog, 'ANN'; "
            "give it another: UPDATE users SET username = 'Ann-2' WHERE id = 2;"
        ),
        (
            "users 12: email 'x@example.org' differs only in case from that of account 1 of this blog, 'X@example.org'; "
            "give it another: UPDATE users SET email = 'x+12@example.org' WHERE id = 12;"
        ),
    ]
    assert sql.everything(database_url) == before


async def test_a_second_import_changes_nothing(source, database_url):
    await copied(source, database_url)
    before = sql.everything(database_url)
    with pytest.raises(Refused, match="username 'Ann' is also that of account 2 of this blog"):
        await copied(source, database_url)
    assert sql.everything(database_url) == before


async def test_the_source_is_only_read(source, database_url):
    before = sql.everything(source)
    path = Path(str(make_url(source).database))
    file = path.read_bytes() if path.exists() else b""
    await copied(source, database_url)
    assert sql.everything(source) == before
    assert not path.exists() or path.read_bytes() == file
    with pytest.raises(Refused, match=r"(?i)read-?only"):
        await _write_to(source)


async def test_many_rows_are_copied_in_batches(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr("blogapp.portability.flask_rows.BATCH", 7)
    url = f"sqlite:///{tmp_path}/many.db"
    flask_blog.make(url)
    people = ", ".join(f"({n}, 'user{n}', 'user{n}@example.org', '!')" for n in range(1, 51))
    texts = ", ".join(f"({n}, 'Title {n}', 'Content', {1 + n % 50})" for n in range(1, 121))
    sql.run(
        url,
        f"INSERT INTO users (id, username, email, password_hash) VALUES {people}",
        f"INSERT INTO posts (id, title, content, user_id) VALUES {texts}",
    )
    assert await copied(url, database_url) == Copied(50, 120, renumbered=False)
    assert sql.rows(database_url, POSTS) == sql.rows(url, POSTS)


async def test_an_administrator_stays_one(source, database_url):
    sql.run(source, "ALTER TABLE users ADD COLUMN is_admin BOOLEAN", "UPDATE users SET is_admin = true WHERE id = 7")
    await copied(source, database_url)
    assert [bool(admin) for (admin,) in sql.rows(database_url, "SELECT is_admin FROM users ORDER BY id")] == [0, 1, 0]


async def test_what_postgresql_could_not_hold_is_reported(tmp_path, postgresql_url):
    url, target = f"sqlite:///{tmp_path}/odd.db", postgresql_url
    flask_blog.fill(url)
    sql.run(
        url,
        f"UPDATE users SET username = '{'n' * 81}' WHERE id = 2",
        "UPDATE posts SET content = CAST(X'610062' AS TEXT) WHERE id = 3",
        "UPDATE posts SET id = 5000000000 WHERE id = 7",
    )
    with pytest.raises(Refused) as refused:
        await copied(url, target)
    lines = str(refused.value).splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        f"users 2: username {repr('n' * 81)[:60]}… is longer than 80 characters",
        "posts 3: content 'a\\x00b' holds a NUL character",
        "posts 5000000000: the id is larger than PostgreSQL's integer",
    ]
    for line in lines:
        sql.run(url, line[line.index(" UPDATE ") :])
    assert (await copied(url, target)).posts == 3


async def test_a_file_is_found_by_its_path_as_it_stands(tmp_path, migrated_file):
    path = tmp_path / "my%20blog.db"
    flask_blog.fill(URL.create("sqlite", database=str(path)).render_as_string())
    shutil.copyfile(migrated_file, tmp_path / "blog.db")
    assert (await copied(str(path), f"sqlite:///{tmp_path}/blog.db")).users == 3


async def test_a_blog_that_is_not_migrated_is_refused(tmp_path, empty_database_url):
    flask_blog.fill(f"sqlite:///{tmp_path}/flask.db")
    with pytest.raises(Refused, match="run `blogapp db upgrade` first"):
        await copied(f"{tmp_path}/flask.db", empty_database_url)


async def test_its_own_database_is_refused(tmp_path, migrated_file):
    with pytest.raises(Refused, match="SOURCE is this blog's own database"):
        await copied(str(migrated_file), f"sqlite:///{migrated_file}")


async def test_a_database_of_another_program_is_refused(tmp_path, database_url):
    sql.run(f"sqlite:///{tmp_path}/other.db", "CREATE TABLE users (id INTEGER PRIMARY KEY)")
    with pytest.raises(Refused, match="is not that of a Flask blog: users has no column"):
        await copied(f"{tmp_path}/other.db", database_url)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("nowhere.db", "there is no SQLite file nowhere.db"),
        ("sqlite:///nowhere.db", "there is no SQLite file nowhere.db"),
        (".", "there is no SQLite file ."),
        ("sqlite://", "there is no SQLite file"),
        ("mysql://host/blog", "that is a mysql database"),
        ("nonsense://", "that is a nonsense database"),
        ("://", "that is not a database URL"),
    ],
)
def test_a_source_that_is_none_is_refused(source, reason):
    with pytest.raises(Refused, match=reason.replace(".", r"\.")):
        flask.source_url(source)


async def _write_to(source: str) -> None:
    with refusing(source):
        async with flask._opened(flask.source_url(source)) as connection:
            await connection.exec_driver_sql("DELETE FROM posts")
