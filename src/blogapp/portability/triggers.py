"""Triggers of the application that a database was taken over from: they stay, and hear nothing of our own filling in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import DDL, Connection, text

_OF_POSTGRESQL = """SELECT quote_ident(tgname) FROM pg_trigger
    WHERE tgrelid = CAST(:table AS regclass) AND tgenabled = 'O' AND NOT tgisinternal"""
_OF_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name"


@contextmanager
def silenced(connection: Connection, table: str) -> Iterator[None]:
    """For the rest of the block. What fails takes the whole migration back, and the triggers' silence with it."""
    before, after = (_of_sqlite if connection.dialect.name == "sqlite" else _of_postgresql)(connection, table)
    for statement in before:
        run(connection, statement)
    yield
    for statement in after:
        run(connection, statement)


def run(connection: Connection, statement: str) -> None:
    """As DDL, for then SQLAlchemy forgets the statements it has prepared for the table as it was."""
    connection.execute(DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap


def _of_postgresql(connection: Connection, table: str) -> tuple[list[str], list[str]]:
    names = list(connection.scalars(text(_OF_POSTGRESQL), {"table": table}))
    disabling, enabling = (
        [f"ALTER TABLE {table} {verb} TRIGGER {name}" for name in names] for verb in ("DISABLE", "ENABLE")
    )
    return disabling, enabling


def _of_sqlite(connection: Connection, table: str) -> tuple[list[str], list[str]]:
    found = connection.execute(text(_OF_SQLITE), {"table": table}).all()
    quoted = [name.replace('"', '""') for name, _ in found]
    return [f'DROP TRIGGER "{name}"' for name in quoted], [sql for _, sql in found]
