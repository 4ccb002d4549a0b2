"""What stands in the way of taking over a Flask database is told at once, with its remedy; nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from blogapp.errors import Refused
from blogapp.infra import migrations
from tests import flask_blog, sql


@pytest.fixture
def flask_url(empty_database_url: str) -> str:
    flask_blog.fill(empty_database_url)
    return empty_database_url


CONFLICTS = [
    "INSERT INTO users (id, username, email, password_hash) VALUES (20, 'ANN', 'ann2@example.org', '!')",
    "INSERT INTO users (id, username, email, password_hash) VALUES (21, 'dora', 'X@EXAMPLE.ORG', '!')",
    "INSERT INTO users (id, username, email, password_hash) VALUES (22, 'O''Hara', 'o1@example.org', '!')",
    "INSERT INTO users (id, username, email, password_hash) VALUES (23, 'o''hara', 'o2@example.org', '!')",
]


def refusal(url: str) -> list[str]:
    """The lines of the refusal, after a look at whether anything was changed."""
    before, file = sql.everything(url), _bytes(url)
    with pytest.raises(Refused) as refused:
        migrations.upgrade(url)
    assert _bytes(url) == file
    assert sql.everything(url) == before
    return str(refused.value).splitlines()


def mend(url: str, lines: list[str]) -> None:
    """Runs the statement that each line ends with."""
    verbs = (" UPDATE ", " ALTER ", " DROP ")
    starts = [min(line.index(verb) for verb in verbs if verb in line) for line in lines]
    with sql.connected(url) as connection:
        for line, start in zip(lines, starts, strict=True):
            connection.exec_driver_sql(line[start:].replace("%", "%%"))


def test_names_that_differ_only_in_case_are_reported_by_row_and_can_be_mended(flask_url):
    sql.run(flask_url, *CONFLICTS)
    lines = refusal(flask_url)
    assert lines == [
        (
            "users 20: username 'ANN' differs only in case from that of users 2, 'Ann'; "
            "give it another: UPDATE users SET username = 'ANN-20' WHERE id = 20;"
        ),
        (
            'users 23: username "o\'hara" differs only in case from that of users 22, "O\'Hara"; '
            "give it another: UPDATE users SET username = 'o''hara-23' WHERE id = 23;"
        ),
        (
            "users 21: email 'X@EXAMPLE.ORG' differs only in case from that of users 12, 'x@example.org'; "
            "give it another: UPDATE users SET email = 'X+21@EXAMPLE.ORG' WHERE id = 21;"
        ),
    ]
    mend(flask_url, lines)
    migrations.upgrade(flask_url)
    assert sql.rows(flask_url, "SELECT count(*) FROM users") == [(7,)]


def test_a_suggested_name_is_free_and_fits(flask_url):
    long = "n" * 80
    sql.run(
        flask_url,
        "UPDATE users SET username = 'ANN-20' WHERE id = 7",
        CONFLICTS[0],
        f"INSERT INTO users (id, username, email, password_hash) VALUES (30, '{long}', 'n@example.org', '!')",
        f"INSERT INTO users (id, username, email, password_hash) VALUES (31, '{long.upper()}', 'm@example.org', '!')",
    )
    mend(flask_url, refusal(flask_url))
    migrations.upgrade(flask_url)
    names = {name for (name,) in sql.rows(flask_url, "SELECT username FROM users")}
    assert {"ANN-20", "ANN-20-2", "N" * 77 + "-31"} <= names


def test_a_post_without_its_author_is_reported_by_row_and_can_be_mended(flask_url, engine_name):
    if engine_name == "postgresql":
        sql.run(flask_url, "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey")
    sql.run(flask_url, "UPDATE posts SET user_id = 999 WHERE id IN (3, 11)")
    lines = refusal(flask_url)
    assert [line.partition(";")[0] for line in lines] == [
        "posts 3: its author, user_id 999, does not exist",
        "posts 11: its author, user_id 999, does not exist",
    ]
    mend(flask_url, lines)
    migrations.upgrade(flask_url)
    assert migrations.check(flask_url).wanting == []


def test_tables_and_columns_that_are_in_the_way_can_be_renamed(flask_url):
    sql.run(
        flask_url,
        "CREATE TABLE sessions (id INTEGER PRIMARY KEY, session_id VARCHAR(255), data TEXT, expiry TIMESTAMP)",
        "CREATE INDEX ix_sessions_expires_at ON sessions (expiry)",
        "CREATE TABLE tokens (id INTEGER PRIMARY KEY)",
        "ALTER TABLE posts ADD COLUMN slug VARCHAR(200)",
        "UPDATE posts SET slug = 'mine'",
    )
    lines = refusal(flask_url)
    assert [line.partition(":")[0] for line in lines] == ["sessions", "tokens", "ix_sessions_expires_at", "posts"]
    mend(flask_url, lines)
    migrations.upgrade(flask_url)
    assert sql.rows(flask_url, "SELECT DISTINCT flask_slug FROM posts") == [("mine",)]
    assert {"flask_sessions", "flask_tokens"} <= sql.tables(flask_url)
    assert migrations.check(flask_url).wanting == []


def test_all_conflicts_are_told_at_once(flask_url, engine_name):
    if engine_name == "postgresql":
        sql.run(flask_url, "ALTER TABLE posts DROP CONSTRAINT posts_user_id_fkey")
    sql.run(
        flask_url,
        *CONFLICTS,
        "UPDATE posts SET user_id = 999",
        "CREATE TABLE throttles (id INTEGER PRIMARY KEY)",
        "ALTER TABLE users ADD COLUMN version INTEGER",
    )
    lines = refusal(flask_url)
    assert len(lines) == 3 + 3 + 1 + 1
    mend(flask_url, lines)
    migrations.upgrade(flask_url)


def test_a_view_that_holds_on_to_a_column_is_reported(empty_postgresql_url):
    flask_blog.fill(empty_postgresql_url)
    sql.run(
        empty_postgresql_url,
        "CREATE VIEW authors AS SELECT created_at FROM users",
        "CREATE MATERIALIZED VIEW m AS TABLE posts",
    )
    lines = refusal(empty_postgresql_url)
    assert [line.partition(":")[0] for line in lines] == ["authors", "m"]
    mend(empty_postgresql_url, lines)
    migrations.upgrade(empty_postgresql_url)


LOOSE = (
    (
        "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, email TEXT, password_hash TEXT,"
        " created_at TIMESTAMP, updated_at TIMESTAMP)"
    ),
    (
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, content TEXT,"
        " created_at TIMESTAMP, updated_at TIMESTAMP, user_id INTEGER)"
    ),
    "INSERT INTO users VALUES (1, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO users VALUES (2, 'twin', 'twin@example.org', '!', NULL, NULL)",
    "INSERT INTO users VALUES (3, 'twin', 'twin@example.org', '!', NULL, NULL)",
    "INSERT INTO posts VALUES (1, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO posts VALUES (2, 'Title', 'Content', NULL, NULL, 2)",
)


def test_missing_values_and_doubles_in_a_table_without_rules_can_be_mended(empty_database_url):
    sql.run(empty_database_url, *LOOSE)
    lines = refusal(empty_database_url)
    assert [line.partition(";")[0] for line in lines] == [
        "users 1: username is NULL",
        "users 1: email is NULL",
        "users 1: password_hash is NULL",
        "users 3: username 'twin' is also that of users 2",
        "users 3: email 'twin@example.org' is also that of users 2",
        "posts 1: title is NULL",
        "posts 1: content is NULL",
        "posts 1: user_id is NULL",
    ]
    mend(empty_database_url, lines)
    migrations.upgrade(empty_database_url)
    assert migrations.check(empty_database_url).wanting == []


def test_values_too_long_for_postgresql_can_be_cut(empty_postgresql_url):
    sql.run(
        empty_postgresql_url,
        *LOOSE[:2],
        f"INSERT INTO users VALUES (1, '{'n' * 81}', 'a@example.org', '{'h' * 256}', NULL, NULL)",
    )
    lines = refusal(empty_postgresql_url)
    assert [line.split()[2] for line in lines] == ["username", "password_hash"]
    mend(empty_postgresql_url, lines)
    migrations.upgrade(empty_postgresql_url)


def test_cells_only_sqlite_holds_are_reported_and_can_be_mended(tmp_path):
    url = f"sqlite:///{tmp_path}/odd.db"
    flask_blog.fill(url)
    sql.run(
        url,
        "UPDATE posts SET content = CAST(X'4772fcdf65' AS TEXT) WHERE id = 3",
        "UPDATE posts SET created_at = 'yesterday' WHERE id = 7",
        "UPDATE posts SET updated_at = 1700000000 WHERE id = 11",
        "UPDATE users SET created_at = '9999-12-31T23:59:59-23:00' WHERE id = 2",
    )
    file = _bytes(url)
    with pytest.raises(Refused) as refused:
        migrations.upgrade(url)
    assert _bytes(url) == file
    lines = str(refused.value).splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "users 2: created_at '9999-12-31T23:59:59-23:00' is not a time",
        "posts 3: content b'Gr\\xfc\\xdfe' is not UTF-8 text",
        "posts 7: created_at 'yesterday' is not a time",
        "posts 11: updated_at 1700000000 is not a time",
    ]
    mend(url, lines)
    migrations.upgrade(url)
    assert sql.rows(url, "SELECT content FROM posts WHERE id = 3") == [("Grüße",)]


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        (LOOSE[:1], "it has no table posts"),
        ((LOOSE[0].replace("email", "mail"), LOOSE[1]), "users has no column email"),
        ((LOOSE[0].replace(" PRIMARY KEY", ""), LOOSE[1]), "the primary key of users is not id"),
    ],
)
def test_tables_of_another_program_are_left_alone(empty_database_url, statements, reason):
    sql.run(empty_database_url, *statements)
    assert refusal(empty_database_url) == [f"the database in use is not that of a Flask blog: {reason}"]


def _bytes(url: str) -> bytes | None:
    parsed = make_url(url)
    return Path(str(parsed.database)).read_bytes() if parsed.get_backend_name() == "sqlite" else None
