"""Changing users and posts on PostgreSQL, where they stand, between Flask's shape and that of revision 0001."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect, text

from blogapp.infra.progress import Progress
from blogapp.portability import triggers
from blogapp.portability.adoption import TAKEN_OVER, fill_slugs
from blogapp.portability.flask_rows import NUMBERS, TEXTS, TIMES

TYPES = {
    "username": "varchar(80)",
    "email": "varchar(120)",
    "password_hash": "varchar(255)",
    "title": "varchar(200)",
    "content": "text",
    "user_id": "integer",
    "id": "integer",
}

INDEXES = {
    "ix_users_email": ("users", "email", True),
    "ix_users_username": ("users", "username", True),
    "ix_posts_created_at": ("posts", "created_at", False),
    "ix_posts_user_id": ("posts", "user_id", False),
}


def adopt(connection: Connection, progress: Progress) -> None:
    for table in TAKEN_OVER:
        _convert(connection, table)
        with triggers.silenced(connection, table):
            _fill_times(connection, table)
        for column in (*TEXTS[table], *TIMES, *NUMBERS[table]):
            _alter(connection, table, column, "SET NOT NULL")
        _number_on(connection, table)
        _relax_strangers(connection, table)
        _name_primary_key(connection, table, f"pk_{table}")
    _add_columns(connection)
    with triggers.silenced(connection, "posts"):
        fill_slugs(connection, progress)
    _refer(connection, "fk_posts_user_id_users", "ON DELETE CASCADE")
    for name, (table, column, unique) in INDEXES.items():
        _index(connection, name, table, column, unique=unique)
    for column in ("username", "email"):
        triggers.run(connection, f"CREATE UNIQUE INDEX uq_users_{column}_lower ON users (lower({column}))")


def give_back(connection: Connection) -> None:
    """Flask's shape again; who is an administrator or suspended stays in columns of its own."""
    for column in ("username", "email"):
        triggers.run(connection, f"DROP INDEX uq_users_{column}_lower")
    triggers.run(connection, "ALTER TABLE posts DROP COLUMN slug, DROP COLUMN version")
    triggers.run(connection, "ALTER TABLE users DROP COLUMN version")
    for table in TAKEN_OVER:
        for column in TIMES:
            _alter(connection, table, column, f"TYPE timestamp USING {column} AT TIME ZONE 'UTC'")
            _alter(connection, table, column, "DROP NOT NULL")
        _name_primary_key(connection, table, f"{table}_pkey")
    _refer(connection, "posts_user_id_fkey", "")


def _convert(connection: Connection, table: str) -> None:
    """Each known column to our type; the changes that keep the type cost nothing."""
    for column in _columns(connection, table):
        name = column["name"]
        if name in TIMES or name == "suspended_at":
            _alter(connection, table, name, "DROP DEFAULT")
            zone = "" if getattr(column["type"], "timezone", False) else f" USING {name} AT TIME ZONE 'UTC'"
            _alter(connection, table, name, f"TYPE timestamptz{zone}")
        elif name in TYPES:
            _alter(connection, table, name, f"TYPE {TYPES[name]}")


def _fill_times(connection: Connection, table: str) -> None:
    triggers.run(
        connection,
        f"UPDATE {table} SET created_at = coalesce(created_at, updated_at, now()), "
        f"updated_at = coalesce(updated_at, created_at, now()) WHERE created_at IS NULL OR updated_at IS NULL",
    )


def _number_on(connection: Connection, table: str) -> None:
    """Its sequence goes on above the highest id; a table that came without one is given one."""
    sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table})
    if sequence is None:
        sequence = f"{table}_id_seq"
        triggers.run(connection, f"CREATE SEQUENCE IF NOT EXISTS {sequence} AS integer OWNED BY {table}.id")
        _alter(connection, table, "id", f"SET DEFAULT nextval('{sequence}')")
    highest = f"greatest((SELECT max(id) FROM {table}), nextval('{sequence}') - 1)"
    triggers.run(connection, f"SELECT setval('{sequence}', {highest} + 1, false)")


def _relax_strangers(connection: Connection, table: str) -> None:
    """Columns we do not know, and so never fill, may stay empty."""
    known = {"id", "is_admin", "suspended_at", *TEXTS[table], *TIMES, *NUMBERS[table]}
    for column in _columns(connection, table):
        if column["name"] not in known and not column["nullable"] and column["default"] is None:
            _alter(connection, table, f'"{column["name"]}"', "DROP NOT NULL")


def _add_columns(connection: Connection) -> None:
    present = {column["name"]: column["type"] for column in _columns(connection, "users")}
    if "is_admin" in present:
        _make_boolean(connection)
    else:
        triggers.run(connection, "ALTER TABLE users ADD COLUMN is_admin boolean NOT NULL DEFAULT false")
    triggers.run(connection, "ALTER TABLE users ADD COLUMN IF NOT EXISTS suspended_at timestamptz")
    triggers.run(connection, "ALTER TABLE users ADD COLUMN version integer NOT NULL DEFAULT '1'")
    triggers.run(connection, "ALTER TABLE posts ADD COLUMN slug varchar(80) NOT NULL DEFAULT 'post'")
    triggers.run(connection, "ALTER TABLE posts ADD COLUMN version integer NOT NULL DEFAULT '1'")


def _make_boolean(connection: Connection) -> None:
    for change in (
        "DROP DEFAULT",
        "TYPE boolean USING coalesce(CAST(is_admin AS text) IN ('1', 't', 'true'), false)",
        "SET DEFAULT false",
        "SET NOT NULL",
    ):
        _alter(connection, "users", "is_admin", change)


def _refer(connection: Connection, name: str, rule: str) -> None:
    for key in inspect(connection).get_foreign_keys("posts"):
        if key["constrained_columns"] == ["user_id"]:
            triggers.run(connection, f'ALTER TABLE posts DROP CONSTRAINT "{key["name"]}"')
    triggers.run(
        connection, f"ALTER TABLE posts ADD CONSTRAINT {name} FOREIGN KEY (user_id) REFERENCES users (id) {rule}"
    )


def _name_primary_key(connection: Connection, table: str, name: str) -> None:
    old = inspect(connection).get_pk_constraint(table)["name"]
    if old != name:
        triggers.run(connection, f'ALTER TABLE {table} RENAME CONSTRAINT "{old}" TO {name}')


def _index(connection: Connection, name: str, table: str, column: str, *, unique: bool) -> None:
    """The application's own serves if it is the same."""
    for index in inspect(connection).get_indexes(table):
        if index["name"] == name:
            if index["column_names"] == [column] and index["unique"] == unique and "where" not in index:
                return
            triggers.run(connection, f"DROP INDEX {name}")
    triggers.run(connection, f"CREATE {'UNIQUE ' if unique else ''}INDEX {name} ON {table} ({column})")


def _columns(connection: Connection, table: str) -> list[Any]:
    return list(inspect(connection).get_columns(table))


def _alter(connection: Connection, table: str, column: str, change: str) -> None:
    triggers.run(connection, f"ALTER TABLE {table} ALTER COLUMN {column} {change}")
