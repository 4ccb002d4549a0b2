"""Looking at a database without the application: rows and the catalogue, by the synchronous drivers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername=DRIVERS[parsed.get_backend_name()]), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def run(url: str, *statements: str) -> None:
    with connected(url) as connection:
        for statement in statements:
            connection.execute(text(statement.replace(":", "\\:")))


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with connected(url) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def everything(url: str) -> dict[str, Any]:
    """The catalogue and every row."""
    found: dict[str, Any] = {"catalogue": catalogue(url)}
    for table in sorted(tables(url)):
        found[table] = sorted(rows(url, f"SELECT * FROM {table}"), key=str)
    return found


def catalogue(url: str) -> list[tuple[Any, ...]]:
    """Tables, columns, constraints and indexes as the database describes them; not the order of columns."""
    if make_url(url).get_backend_name() == "sqlite":
        return rows(url, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return [row for query in POSTGRESQL for row in rows(url, query)]


POSTGRESQL = (
    """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
       FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2""",
    """SELECT CAST(CAST(conrelid AS regclass) AS text), conname, pg_get_constraintdef(oid)
       FROM pg_constraint WHERE connamespace = CAST('public' AS regnamespace) ORDER BY 1, 2""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    """SELECT sequencename, CAST(data_type AS text), start_value, increment_by FROM pg_sequences
       WHERE schemaname = 'public' ORDER BY 1""",
)
