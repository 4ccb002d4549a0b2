"""Users and posts as the Flask application keeps them, read without trusting what is in them.

SQLite holds anything in any column, so each cell is turned into what we store or into a problem in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, inspect, text

from blogapp.errors import Refused

BATCH = 200
"""Rows in memory at a time; a post may be large."""

TEXTS = {"users": ("username", "email", "password_hash"), "posts": ("title", "content")}
TIMES = ("created_at", "updated_at")
NUMBERS = {"users": (), "posts": ("user_id",)}
OPTIONAL = {"users": ("is_admin", "suspended_at"), "posts": ()}
"""Columns the application's authors may have added, that mean the same to us."""

REQUIRED = {table: {"id", *TEXTS[table], *TIMES, *NUMBERS[table]} for table in TEXTS}


class CellError(Exception):
    """A cell we can't store; the words follow its value."""


@dataclass(frozen=True, slots=True)
class Problem:
    column: str
    text: str
    raw: Any = None
    """What is in the cell, if it isn't NULL."""


@dataclass(frozen=True, slots=True)
class Row:
    """`values` holds every column without a problem."""

    id: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def check_tables(connection: Connection, name: str) -> None:
    """Raises Refused in one line when `name` isn't a database of the Flask application."""
    inspector = inspect(connection)
    present = set(inspector.get_table_names())
    for table, required in REQUIRED.items():
        if table not in present:
            raise Refused(f"{name} is not that of a Flask blog: it has no table {table}")
        if missing := required - columns(connection, table):
            raise Refused(f"{name} is not that of a Flask blog: {table} has no column {', '.join(sorted(missing))}")
        if inspector.get_pk_constraint(table)["constrained_columns"] != ["id"]:
            raise Refused(f"{name} is not that of a Flask blog: the primary key of {table} is not id")


def columns(connection: Connection, table: str) -> set[str]:
    return {column["name"] for column in inspect(connection).get_columns(table)}


def count(connection: Connection, table: str) -> int:
    return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def batches(connection: Connection, table: str, stored_as: str | None = None) -> Iterator[list[Row]]:
    """All rows of `table` in the order of their ids; `stored_as` names it while it is set aside."""
    stored_as = stored_as or table
    present = columns(connection, stored_as)
    names = [*TEXTS[table], *TIMES, *NUMBERS[table], *(name for name in OPTIONAL[table] if name in present)]
    wanted = ", ".join(["id", *(_selected(connection, table, name) for name in names)])
    query = f"SELECT {wanted} FROM {stored_as} {{}} ORDER BY id LIMIT {BATCH}"
    found = connection.execute(text(query.format(""))).all()
    while found:
        yield [_row(table, names, values) for values in found]
        found = connection.execute(text(query.format("WHERE id > :last")), {"last": found[-1].id}).all()


def moments(row: Row, now: datetime) -> dict[str, datetime]:
    """Both times of a row, each standing in for the other; `now` where there is neither."""
    created, updated = row.values["created_at"], row.values["updated_at"]
    return {"created_at": created or updated or now, "updated_at": updated or created or now}


def _selected(connection: Connection, table: str, name: str) -> str:
    """SQLite's text as bytes: what isn't UTF-8 would fail the whole query."""
    if connection.dialect.name == "sqlite" and name in TEXTS[table]:
        return f"CAST({name} AS BLOB) AS {name}"
    return name


def _row(table: str, names: Sequence[str], raw: Any) -> Row:
    row = Row(raw.id, {})
    for name in names:
        value = getattr(raw, name)
        try:
            row.values[name] = _cell(table, name, value)
        except CellError as error:
            row.problems.append(Problem(name, str(error), value))
    return row


def _cell(table: str, name: str, value: Any) -> Any:
    if name == "is_admin":
        return str(value).lower() in {"1", "true", "t"}
    if name in TEXTS[table]:
        return _text(value)
    if name in NUMBERS[table]:
        return _number(value)
    return None if value is None else _time(value)


def _text(value: Any) -> str:
    if value is None:
        raise CellError("is NULL")
    try:
        return value.decode() if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError:
        raise CellError("is not UTF-8 text") from None


def _number(value: Any) -> int:
    if value is None:
        raise CellError("is NULL")
    if not isinstance(value, int):
        raise CellError("is not a number")
    return value


def _time(value: Any) -> datetime:
    """A time without a zone is UTC: the application wrote utcnow()."""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime):
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    raise CellError("is not a time")
