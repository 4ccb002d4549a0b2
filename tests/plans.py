"""How PostgreSQL would run each statement that the application makes in a test on it.

They are explained on a database that has thousands of rows in each table, by a planner that is told to read no table from
end to end if it can help it. If it still does, or reads all of an index, there is none for what is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, NullPool, event

from tests.postgres import Postgres

PLENTY = "plenty"
ROWS = 4_000
OF_TYPES = {
    "integer": "n",
    "bigint": "n",
    "boolean": "n % 2 = 0",
    "timestamp with time zone": "now() - n * interval '1 hour'",
    "double precision": "n",
    "bytea": "int4send(n)",
    "tsvector": "array_to_tsvector(ARRAY['word' || n % 100])",
    "character varying": "'x' || n",
    "text": "'x' || n",
    "json": "'{}'::json",
}
"""What the row number n of any table holds."""
OF_COLUMNS = {
    "user_id": "n % 200",
    "author_id": "n % 97",
    "tag_id": "n % 101",
    "editor_id": "n % 103",
    **dict.fromkeys(("confirmations.user_id", "digest_mutes.user_id"), "n"),
    **dict.fromkeys(("posts.series_id", "root_id", "parent_id"), "n / 4"),
    **dict.fromkeys(("pinned_at", "suspended_at", "notices.seen_at"), "NULL"),
    **dict.fromkeys(("trashed_at", "unused_since"), "CASE WHEN n % 20 = 0 THEN now() END"),
    **dict.fromkeys(("posts.coauthors", "posts.tags", "posts.cover"), "NULL"),
    "posts.state": "'published'",
    "posts.format": "'markdown'",
    "posts.comments_waiting": "0",
    "post_comments.state": "'shown'",
    "outbox.state": "'done'",
    "post_terms.is_listed": "true",
}
"""Of some, in which a blog has the same in nearly every row, or a few rows of each."""

ROWS_OF = dict.fromkeys(("comment_reports", "digest_mutes"), ROWS // 100)
"""Where there are few."""

WHOLE: Mapping[str, str] = {
    "count(posts.id) AS count_1 FROM posts WHERE posts.format": "a command's, which then makes the HTML of all of them",
    "FROM posts WHERE posts.trashed_at IS NULL ORDER BY posts.id": "a command's, which writes all of them into files",
    "ix_posts_pinned:": "few posts are pinned, and that index has no others",
    "UPDATE media SET unused_since": "once an hour all pictures are looked through for those that nothing shows",
    "working_copies.content LIKE": "once an hour, of texts that somebody is typing",
    "FROM series WHERE (EXISTS": "every series is asked whether it has a post",
    "max(notices.id) AS newest FROM notices": "once a day, for everybody to whom something is new",
    "post_terms.post_id NOT IN": "a search for all but one author's, from the newest on until a page is full",
    "JOIN posts ON posts.id = post_comments.post_id WHERE post_comments.state = $1::VARCHAR AND posts.state": (
        "the newest comments of all, from the newest on: nearly all of them are shown"
    ),
}
"""What may read all of a table or an index, by a part of the statement or by the index, and why."""

BY_INDEXES = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""Settings of PostgreSQL. The joins that are off are those for which all of a table is read."""

LIMITS = re.compile(r" (?:LIMIT|OFFSET) \$\d+(?:::\w+)?(?: \+ \$\d+(?:::\w+)?)?")
PARAMETER = re.compile(r"\$\d+")

ASKING = ("SELECT", "WITH", "UPDATE", "DELETE")
_seen: dict[str, None] = {}


def watch() -> None:
    """Notes what every engine on asyncpg executes: tests look into databases by way of another driver."""
    event.listen(Engine, "before_cursor_execute", _note)


def fill(url: str) -> None:
    """Thousands of rows in every table, whatever they refer to."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        columns = connection.execute(
            "SELECT table_name, array_agg(column_name::text), array_agg(data_type::text), array_agg(coalesce("
            "character_maximum_length, 1000)) FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1"
        ).fetchall()
        for table, names, types, lengths in columns:
            values = (_value(table, *column) for column in zip(names, types, lengths, strict=True))
            rows = ROWS_OF.get(table, ROWS)
            connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM generate_series(1, {rows}) n"
            )
        connection.execute("VACUUM ANALYZE")


def check(postgres: Postgres) -> None:
    """Explains what was executed since the last time. Raises AssertionError for what has no index."""
    if not _seen:
        return
    new = list(_seen)
    _seen.clear()
    with psycopg.connect(postgres.url(PLENTY), autocommit=True, options=BY_INDEXES) as connection:
        found = [f"{statement}\n{scans}" for statement in new if (scans := _scans(connection, statement))]
    assert not found, "\n\n".join(["There is no index for what is asked here, or it can't be used:", *found])


def _value(table: str, name: str, kind: str, length: int) -> str:
    made = OF_COLUMNS.get(f"{table}.{name}") or OF_COLUMNS.get(name) or OF_TYPES[kind]
    return f"left({made}, {length})" if kind == "character varying" else made


_known: set[str] = set()


def _note(connection: Connection, _cursor: Any, statement: str, _given: Any, _context: Any, _many: bool) -> None:
    """What has no condition wants all there is. What migrates or adopts a database has no pool, and is done once."""
    serves = connection.dialect.driver == "asyncpg" and not isinstance(connection.engine.pool, NullPool)
    if serves and statement not in _known and statement.lstrip().startswith(ASKING) and "WHERE" in statement:
        _known.add(statement)
        _seen[statement] = None


def _scans(connection: psycopg.Connection[Any], statement: str) -> str:
    try:
        row = connection.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {_unlimited(statement)}").fetchone()
    except (errors.UndefinedColumn, errors.UndefinedTable, errors.UndefinedFunction):  # of another revision, or wrong
        return ""
    assert row is not None
    scans = _without_index(row[0][0]["Plan"])
    words = " ".join(statement.split())
    return ", ".join(scan for scan in scans if not any(part in words or part in scan for part in WHOLE))


def _unlimited(statement: str) -> str:
    """All that is asked for: the first rows alone may be found faster by looking at every row, in order, until they are."""
    numbers: dict[str, str] = {}
    return PARAMETER.sub(
        lambda found: f"${numbers.setdefault(found[0], str(len(numbers) + 1))}", LIMITS.sub("", statement)
    ).replace("%", "%%")


def _without_index(node: Mapping[str, Any]) -> Iterator[str]:
    if node.get("Relation Name", "").startswith("pg_"):  # of the catalogue, by Alembic
        return
    if node["Node Type"] == "Seq Scan":
        yield f"reads all of {node['Relation Name']}"
    elif node["Node Type"].startswith("Index") and "Filter" in node and "Index Cond" not in node:
        yield f"reads all of {node['Index Name']}: {node['Filter']}"
    for part in node.get("Plans", ()):
        yield from _without_index(part)
