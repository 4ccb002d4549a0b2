"""Runs migrations on the connection given, or on the database of blogapp's settings under the migration lock."""

from __future__ import annotations

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from blogapp import settings, tables
from blogapp.infra.migration_lock import locked
from blogapp.infra.progress import Silent
from blogapp.portability import adoption


def run(connection: Connection) -> None:
    attributes = context.config.attributes
    attributes.setdefault("progress", Silent())
    attributes.setdefault("notes", [])
    if attributes.get("going") == "up":
        adoption.set_version_aside(connection)
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        include_object=tables.compared_on(connection.dialect.name),
        compare_server_default=True,
    )
    context.run_migrations()
    if attributes.get("going") == "down":
        adoption.put_version_back(connection)


if context.is_offline_mode():
    raise CommandError("migrations look at the data they change, so there is no SQL script of them")
given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    locked(settings.load().database_url.get_secret_value(), run)
