"""How SQLite finds posts: by an index in the order of the list, with statistics and without. PostgreSQL chooses well by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from blogapp.posts import archive_queries, queries

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])

STATEMENTS: dict[str, Select[Any]] = {
    "home": queries._FRONT,
    "further pages": queries._BRIEF,
    "documents": queries._WRITTEN,
    "their number": queries._COUNT,
    "months": archive_queries._MONTHS,
}
SORTS_A_FEW = {"home": "thirteen posts", "months": "a row for each month"}


@pytest.fixture(params=["with statistics", "without"])
def connection(request: pytest.FixtureRequest, database_url: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        connection.execute(
            "INSERT INTO users (username, email, password_hash, created_at, updated_at) VALUES ('ada', 'a', '', 0, 0)"
        )
        posts = [(f"Post {number}", "x" * 3000, f"2026-01-01 00:{number % 60:02}") for number in range(300)]
        connection.executemany(
            "INSERT INTO posts (title, content, user_id, created_at, updated_at, published_at) VALUES (?1, ?2, 1, ?3, ?3, ?3)",
            posts,
        )
        if request.param == "with statistics":
            connection.execute("ANALYZE")
        connection.commit()
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        yield connection


@pytest.mark.parametrize("name", STATEMENTS)
def test_lists_are_read_in_their_order(connection: sqlite3.Connection, name: str):
    compiled = STATEMENTS[name].compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    given = [20 if key in {"size", "offset"} else "0001-01-01" for key in compiled.positiontup or ()]
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}", given)]
    assert any("ix_posts_listed" in step for step in steps), steps
    assert name in SORTS_A_FEW or not any("TEMP B-TREE" in step for step in steps), steps
    assert not any(step in {"SCAN posts", "SCAN own"} for step in steps), steps
