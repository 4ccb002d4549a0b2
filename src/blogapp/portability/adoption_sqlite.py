"""Changing users and posts on SQLite: set aside, made anew, filled from what was set aside.

SQLite can't alter a column. Columns, indexes and triggers that are not ours come along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from blogapp import text as prose
from blogapp.errors import Refused
from blogapp.infra.progress import Progress
from blogapp.portability import flask_rows
from blogapp.portability.adoption import INDEXES, NEW_INDEXES, TAKEN_OVER
from blogapp.portability.flask_rows import Row

ASIDE = "aside_{}"


@dataclass(slots=True)
class Aside:
    """A table renamed, with the statements that give back what others had attached to it."""

    table: str
    columns: list[Any]
    references: Mapping[str, str]
    unique: Sequence[Sequence[str]]
    attached: Sequence[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return ASIDE.format(self.table)


def set_aside(connection: Connection) -> list[Aside]:
    """Renames users and posts; raises Refused where the renaming would be followed by other tables."""
    if connection.scalar(text("PRAGMA foreign_keys")) or not connection.scalar(text("PRAGMA legacy_alter_table")):
        raise Refused("a Flask database is taken over by `blogapp db upgrade` only")
    asides = [_described(connection, table) for table in TAKEN_OVER]
    for aside in asides:
        for name, sql in _indexes(connection, aside.table):
            if sql:
                connection.exec_driver_sql(f'DROP INDEX "{name}"')
        connection.execute(text(f"ALTER TABLE {aside.table} RENAME TO {aside.name}"))
    return asides


def bring_back(connection: Connection, asides: Sequence[Aside], fill: Callable[[Aside], None]) -> None:
    """`fill` copies the known columns into the table made anew; the rest comes here."""
    for aside in asides:
        strange = _add_strange_columns(connection, aside)
        fill(aside)
        for name in strange:
            connection.exec_driver_sql(
                f'UPDATE {aside.table} SET "{name}" = '
                f'(SELECT "{name}" FROM {aside.name} AS old WHERE old.id = {aside.table}.id)'
            )
        for names in aside.unique:
            if set(names) & set(strange):
                quoted = ", ".join(f'"{name}"' for name in names)
                index = "_".join(["uq", aside.table, *names])
                connection.exec_driver_sql(f'CREATE UNIQUE INDEX "{index}" ON {aside.table} ({quoted})')
    for aside in asides:
        connection.execute(text(f"DROP TABLE {aside.name}"))
        for sql in aside.attached:
            connection.exec_driver_sql(sql)


def adopt(connection: Connection, asides: Sequence[Aside], progress: Progress) -> None:
    now = datetime.now(UTC)

    def fill(aside: Aside) -> None:
        with progress.count(f"copying {aside.table}", flask_rows.count(connection, aside.name)) as advance:
            for rows in flask_rows.batches(connection, aside.table, aside.name):
                _insert(connection, aside.table, [_values(aside.table, row, now) for row in rows])
                advance(len(rows))

    bring_back(connection, asides, fill)


def copy_columns(connection: Connection, asides: Sequence[Aside]) -> None:
    """As they are, those that the table made anew has too."""

    def fill(aside: Aside) -> None:
        old = {column.name for column in aside.columns}
        names = ", ".join(sorted(flask_rows.columns(connection, aside.table) & old))
        connection.execute(text(f"INSERT INTO {aside.table} ({names}) SELECT {names} FROM {aside.name} ORDER BY id"))

    bring_back(connection, asides, fill)


def _described(connection: Connection, table: str) -> Aside:
    return Aside(
        table,
        columns=list(connection.execute(text(f"PRAGMA table_xinfo({table})"))),
        references=_references(connection, table),
        unique=_unique_constraints(connection, table),
        attached=_attached(connection, table),
    )


def _indexes(connection: Connection, table: str) -> list[Any]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table ORDER BY name")
    return list(connection.execute(query, {"table": table}))


def _attached(connection: Connection, table: str) -> list[str]:
    indexes = [sql for name, sql in _indexes(connection, table) if sql and name not in {*INDEXES, *NEW_INDEXES}]
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")
    return [*indexes, *connection.scalars(query, {"table": table})]


def _references(connection: Connection, table: str) -> dict[str, str]:
    """The REFERENCES clause of each column that alone refers to another table."""
    found = list(connection.execute(text(f"PRAGMA foreign_key_list({table})")))
    clauses = {}
    for key in found:
        if sum(other.id == key.id for other in found) == 1:
            target = f'"{key.table}"' + (f' ("{key.to}")' if key.to else "")
            column = key._mapping["from"]
            clauses[column] = f" REFERENCES {target} ON DELETE {key.on_delete} ON UPDATE {key.on_update}"
    return clauses


def _unique_constraints(connection: Connection, table: str) -> list[list[str]]:
    return [
        [column.name for column in connection.exec_driver_sql(f'PRAGMA index_info("{index.name}")')]
        for index in connection.execute(text(f"PRAGMA index_list({table})"))
        if index.origin == "u"
    ]


def _add_strange_columns(connection: Connection, aside: Aside) -> list[str]:
    """Columns we do not know, empty allowed: nothing of ours fills them."""
    known = flask_rows.columns(connection, aside.table) | {"slug", "version"}
    strange = [column for column in aside.columns if column.name not in known]
    for column in strange:
        default = "" if column.dflt_value is None else f" DEFAULT {column.dflt_value}"
        required = " NOT NULL" if column.notnull and default else ""
        reference = aside.references.get(column.name, "")
        connection.exec_driver_sql(
            f'ALTER TABLE {aside.table} ADD COLUMN "{column.name}" {column.type}{required}{default}{reference}'
        )
    return [column.name for column in strange]


def _values(table: str, row: Row, now: datetime) -> dict[str, Any]:
    moments = flask_rows.moments(row, now)
    values = {"id": row.id, **row.values, **moments}
    if table == "posts":
        return {**values, "slug": prose.slug(row.values["title"])}
    return {"is_admin": False, "suspended_at": None, **values}


def _insert(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    names = list(rows[0])
    places = ", ".join(f":{name}" for name in names)
    statement = text(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})")
    connection.execute(statement, [{name: _stored(value) for name, value in row.items()} for row in rows])


def _stored(value: Any) -> Any:
    """A time as SQLAlchemy writes it on SQLite: text in UTC without the zone."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
