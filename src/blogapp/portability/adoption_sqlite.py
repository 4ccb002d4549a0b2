"""Changing users and posts on SQLite: set aside, made anew, filled from what was set aside.

SQLite can't alter a column. Columns, indexes and triggers that are not ours come along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from blogapp import text as prose
from blogapp.errors import Refused
from blogapp.infra.progress import Progress
from blogapp.portability import flask_rows, flask_tables
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
    attached: Sequence[str]

    @property
    def name(self) -> str:
        return ASIDE.format(self.table)


def adopt(connection: Connection, create: Callable[[], None], progress: Progress) -> None:
    """`create` makes the tables of revision 0001, empty. Raises Refused on a connection not made for migrations."""
    now = datetime.now(UTC)

    def fill(aside: Aside) -> None:
        with progress.count(f"copying {aside.table}", flask_rows.count(connection, aside.name)) as advance:
            for rows in flask_rows.batches(connection, aside.table, aside.name):
                _insert(connection, aside.table, [_values(aside.table, row, now) for row in rows])
                advance(len(rows))

    _rebuild(connection, create, fill)


def give_back(connection: Connection) -> None:
    """Flask's shape again; who is an administrator or suspended stays in columns of its own."""

    def create() -> None:
        flask_tables.metadata.create_all(connection, checkfirst=False)

    def fill(aside: Aside) -> None:
        names = ", ".join(sorted(flask_rows.REQUIRED[aside.table]))
        connection.execute(text(f"INSERT INTO {aside.table} ({names}) SELECT {names} FROM {aside.name} ORDER BY id"))

    _rebuild(connection, create, fill)


def _rebuild(connection: Connection, create: Callable[[], None], fill: Callable[[Aside], None]) -> None:
    if connection.scalar(text("PRAGMA foreign_keys")) or not connection.scalar(text("PRAGMA legacy_alter_table")):
        raise Refused("a Flask database is taken over, or given back, by `blogapp db` only")
    asides = [_set_aside(connection, table) for table in TAKEN_OVER]
    create()
    for aside in asides:
        strange = _add_strange_columns(connection, aside)
        fill(aside)
        _fill_strange_columns(connection, aside, strange)
    for aside in asides:
        connection.execute(text(f"DROP TABLE {aside.name}"))
        for sql in aside.attached:
            connection.exec_driver_sql(sql)


def _set_aside(connection: Connection, table: str) -> Aside:
    aside = Aside(
        table,
        columns=list(connection.execute(text(f"PRAGMA table_xinfo({table})"))),
        references=_references(connection, table),
        unique=_unique_constraints(connection, table),
        attached=_attached(connection, table),
    )
    for name, sql in _indexes(connection, table):
        if sql:
            connection.exec_driver_sql(f'DROP INDEX "{name}"')
    connection.execute(text(f"ALTER TABLE {table} RENAME TO {aside.name}"))
    return aside


def _indexes(connection: Connection, table: str) -> list[Any]:
    query = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table ORDER BY name")
    return list(connection.execute(query, {"table": table}))


def _attached(connection: Connection, table: str) -> list[str]:
    indexes = [sql for name, sql in _indexes(connection, table) if sql and name not in {*INDEXES, *NEW_INDEXES}]
    query = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name")
    return [*indexes, *connection.scalars(query, {"table": table})]


def _references(connection: Connection, table: str) -> dict[str, str]:
    """The REFERENCES clause of each column that alone refers to another table."""
    found = connection.execute(text(f"PRAGMA foreign_key_list({table})")).mappings().all()
    clauses = {}
    for key in found:
        if sum(other["id"] == key["id"] for other in found) == 1:
            target = f'"{key["table"]}"' + (f' ("{key["to"]}")' if key["to"] else "")
            rules = f"ON DELETE {key['on_delete']} ON UPDATE {key['on_update']}"
            clauses[key["from"]] = f" REFERENCES {target} {rules}"
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


def _fill_strange_columns(connection: Connection, aside: Aside, strange: Sequence[str]) -> None:
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
