"""Taking over a Flask database where it stands: revision 0001 meets its tables and keeps every row.

This speaks of the tables as revision 0001 has them and does not follow later changes of the models.
"""

from __future__ import annotations

from collections.abc import Iterator

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from blogapp import text as prose
from blogapp.errors import Refused
from blogapp.infra.progress import Progress
from blogapp.portability import flask_rows
from blogapp.portability.flask_survey import Conflict, survey

TAKEN_OVER = ("users", "posts")
MADE_NEW = ("sessions", "tokens", "throttles")
OURS_ALONE = {"users": ("version",), "posts": ("slug", "version")}
"""Columns that would be overwritten if the application had some of that name."""

INDEXES = ("ix_users_email", "ix_users_username", "ix_posts_created_at", "ix_posts_user_id")
"""Made by Flask-SQLAlchemy and by us under the same names."""

NEW_INDEXES = (
    *("uq_users_email_lower", "uq_users_username_lower"),
    *("ix_sessions_expires_at", "ix_sessions_user_id", "ix_tokens_user_id", "ix_throttles_expires_at"),
    *("pk_sessions", "pk_tokens", "pk_throttles", "uq_tokens_digest"),
)

FOREIGN_VERSION = "flask_alembic_version"
"""Where the revision of Flask-Migrate waits for a downgrade."""


def is_flask(connection: Connection) -> bool:
    """Whether there are tables of the name to be taken over, not yet ours."""
    present = inspect(connection).get_table_names()
    return any(table in present for table in TAKEN_OVER)


def check(connection: Connection, progress: Progress) -> None:
    """Raises Refused with a line for everything that stands in the way; changes nothing."""
    conflicts = [*_taken_tables(connection), *_taken_indexes(connection)]
    if is_flask(connection):
        flask_rows.check_tables(connection, "the database in use")
        conflicts += [*_taken_columns(connection), *_hindrances(connection)]
        conflicts += survey(connection, connection, progress).conflicts
    if conflicts:
        raise Refused("\n".join(map(str, conflicts)))


def described(connection: Connection) -> str:
    users, posts = (flask_rows.count(connection, table) for table in TAKEN_OVER)
    return f"taking over the Flask blog's {users} users and {posts} posts"


def fill_slugs(connection: Connection, progress: Progress) -> None:
    with progress.count("naming posts", flask_rows.count(connection, "posts")) as advance:
        for rows in flask_rows.batches(connection, "posts"):
            slugs = [{"id": row.id, "slug": prose.slug(row.values["title"])} for row in rows]
            connection.execute(text("UPDATE posts SET slug = :slug WHERE id = :id"), slugs)
            advance(len(rows))


def set_version_aside(connection: Connection) -> None:
    """A revision of Flask-Migrate means nothing here; it comes back with a downgrade to base."""
    heads = MigrationContext.configure(connection).get_current_heads()
    if not heads or not is_flask(connection) or "version" in flask_rows.columns(connection, "users"):
        return
    connection.execute(text(f"CREATE TABLE {FOREIGN_VERSION} AS SELECT version_num FROM alembic_version"))
    connection.execute(text("DELETE FROM alembic_version"))


def put_version_back(connection: Connection) -> None:
    heads = MigrationContext.configure(connection).get_current_heads()
    if heads or not inspect(connection).has_table(FOREIGN_VERSION):
        return
    connection.execute(text(f"INSERT INTO alembic_version SELECT version_num FROM {FOREIGN_VERSION}"))
    connection.execute(text(f"DROP TABLE {FOREIGN_VERSION}"))


def _taken_tables(connection: Connection) -> Iterator[Conflict]:
    present = {*inspect(connection).get_table_names(), *inspect(connection).get_view_names()}
    for table in MADE_NEW:
        if table in present:
            yield Conflict(
                table,
                "blogapp keeps other things in a table of this name",
                f"rename it: ALTER TABLE {table} RENAME TO flask_{table};",
            )


def _taken_indexes(connection: Connection) -> Iterator[Conflict]:
    sqlite = connection.dialect.name == "sqlite"
    query = "SELECT name FROM sqlite_master WHERE type = 'index'" if sqlite else _POSTGRESQL_INDEXES
    for name in sorted(set(connection.scalars(text(query))) & set(NEW_INDEXES)):
        remedy = f"drop it: DROP INDEX {name};" if sqlite else f"rename it: ALTER INDEX {name} RENAME TO flask_{name};"
        yield Conflict(name, "blogapp makes an index of this name", remedy)


_POSTGRESQL_INDEXES = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"


def _taken_columns(connection: Connection) -> Iterator[Conflict]:
    for table, names in OURS_ALONE.items():
        for name in sorted(set(names) & flask_rows.columns(connection, table)):
            yield Conflict(
                table,
                f"blogapp keeps other things in a column named {name}",
                f"rename it: ALTER TABLE {table} RENAME COLUMN {name} TO flask_{name};",
            )


def _hindrances(connection: Connection) -> Iterator[Conflict]:
    """What the database itself would refuse to carry over."""
    if connection.dialect.name == "sqlite":
        for table in TAKEN_OVER:
            for column in connection.execute(text(f"PRAGMA table_xinfo({table})")):
                if column.hidden:
                    remedy = f"drop it: ALTER TABLE {table} DROP COLUMN {column.name};"
                    yield Conflict(table, f"the column {column.name} is computed and can't be carried over", remedy)
        return
    for view, kind in connection.execute(text(_POSTGRESQL_VIEWS)):
        remedy = f"drop it and make it again afterwards: DROP {kind} {view};"
        yield Conflict(view, "this view holds on to columns whose type changes", remedy)


_POSTGRESQL_VIEWS = """
    SELECT DISTINCT CAST(CAST(rule.ev_class AS regclass) AS text),
           CASE view.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END
    FROM pg_depend
    JOIN pg_rewrite AS rule ON rule.oid = pg_depend.objid AND pg_depend.classid = CAST('pg_rewrite' AS regclass)
    JOIN pg_class AS view ON view.oid = rule.ev_class
    WHERE pg_depend.refobjid IN (CAST('users' AS regclass), CAST('posts' AS regclass))
    ORDER BY 1
"""
