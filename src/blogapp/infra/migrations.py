"""Revisions of the database: each command is one transaction under a lock, so it happens wholly or not at all."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from blogapp.errors import Refused
from blogapp.infra import urls
from blogapp.infra.differences import Differences
from blogapp.infra.faults import is_away
from blogapp.infra.migration_lock import alone, locked
from blogapp.infra.progress import Progress, Silent
from blogapp.settings import without_password


def folder() -> Path:
    """Where the revisions are: inside the installed package, else beside the source."""
    package = Path(__file__).parents[1]
    packaged = package / "_alembic"
    return packaged if packaged.is_dir() else package.parents[1] / "alembic"


@cache
def head() -> str:
    """The newest revision this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def upgrade(url: str, revision: str = "head", progress: Progress | None = None) -> list[str]:
    """What was noteworthy on the way. Raises Refused, with nothing changed."""
    notes: list[str] = []
    locked(url, lambda connection: _upgrade(connection, revision, progress=progress or Silent(), notes=notes))
    return notes


def upgrade_if_empty(url: str) -> None:
    """For a first start. Raises what the driver raises when the database is away."""

    def act(connection: Connection) -> None:
        if _has_no_table(connection):
            _upgrade(connection, "head")

    asyncio.run(alone(url, act))


def downgrade(url: str, revision: str) -> None:
    """Raises Refused, with nothing changed."""
    _must_exist(url)
    locked(url, lambda connection: command.downgrade(_config(connection, going="down"), revision))


def current(url: str) -> str | None:
    """The database's revision; None before the first."""
    return locked(url, _current) if _exists(url) else None


def check(url: str) -> Differences:
    """How the database differs from the models, whatever its revision says."""
    _must_exist(url)
    return locked(url, _differences)


async def upgrade_connection(connection: AsyncConnection) -> None:
    """To the newest revision, inside a running loop: for a database that lives in memory."""
    async with connection.begin():
        await connection.run_sync(lambda sync: _upgrade(sync, "head"))


async def is_current(connection: AsyncConnection) -> bool:
    """Whether this program can work with the database, in one cheap statement.

    It can while the next release has migrated already: revisions only add, see docs/releasing.md. Raises what the
    driver raises when the database is away.
    """
    try:
        found = await connection.scalars(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        if is_away(error):
            raise
        return False
    revisions = found.all()
    return revisions == [head()] or (len(revisions) == 1 and _is_later(revisions[0]))


async def is_empty(connection: AsyncConnection) -> bool:
    """Whether there is no table at all."""
    return await connection.run_sync(_has_no_table)


def _config(connection: Connection | None = None, **attributes: Any) -> Config:
    config = Config(attributes={"connection": connection, **attributes})
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, revision: str, **attributes: Any) -> None:
    if revision == "head" and _is_later(found := _current(connection)):
        attributes.get("notes", []).append(f"revision {found} is of a later release: left as it is")
        return
    sound = _broken_references(connection)
    command.upgrade(_config(connection, going="up", **attributes), revision)
    if broken := _broken_references(connection) - sound:
        raise Refused(f"rows would lose what they refer to, in {', '.join(sorted(broken))}")


def _is_later(revision: str | None) -> bool:
    """Revisions are numbered."""
    return revision is not None and revision.isdecimal() and revision > head()


def _broken_references(connection: Connection) -> set[str]:
    """Tables of an SQLite file with rows that refer to nothing: their rules are off while it is migrated."""
    if connection.dialect.name != "sqlite":
        return set()
    return {row[0] for row in connection.execute(text("PRAGMA foreign_key_check"))}


def _has_no_table(connection: Connection) -> bool:
    return not inspect(connection).get_table_names()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _differences(connection: Connection) -> Differences:
    found = Differences()
    if (revision := _current(connection)) != head() and not _is_later(revision):
        found.wanting.append(f"the database is at revision {revision}, this program is made for {head()}")

    def compare(_revision: Any, context: MigrationContext) -> list[Any]:
        found.add(connection, context)
        return []

    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    with EnvironmentContext(config, script, fn=compare, dont_mutate=True):
        script.run_env()
    return found


def _exists(url: str) -> bool:
    """Opening an SQLite file makes it; a question should not."""
    path = make_url(url).database
    return not urls.is_sqlite(url) or urls.is_memory(url) or str(path).startswith("file:") or Path(str(path)).exists()


def _must_exist(url: str) -> None:
    if not _exists(url):
        raise Refused(f"there is no database {without_password(url)}: make one with `blogapp db upgrade`")
