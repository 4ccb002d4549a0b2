"""A release works on the database of the one after it: revisions add, and say so when they take something away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, inspect
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import IntegrityError

from blogapp.infra import migrations
from blogapp.search.models import FULL_TEXT
from tests import sql
from tests.accounts import make as accounts
from tests.people import Person, bearer, signed_in
from tests.serving import serving

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection")  # of SQLite's indexes on expressions

REPOSITORY = Path(__file__).parents[2]

REVISIONS = sorted(ScriptDirectory(str(REPOSITORY / "alembic")).walk_revisions(), key=lambda one: one.revision)
FOLLOWING = [one for one in REVISIONS if one.down_revision]
EXPANDING = [one for one in FOLLOWING if not getattr(one.module, "CONTRACTS", "")]

LATER = '''
"""What a later release adds"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "HEAD", None, None


def upgrade() -> None:
    op.add_column("posts", sa.Column("subtitle", sa.String(200)))
    op.add_column("users", sa.Column("theme", sa.String(20), nullable=False, server_default="light"))
    op.create_index("ix_posts_subtitle", "posts", ["subtitle"])
    op.create_table("themes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("title", sa.String(200)))
'''


@pytest.fixture
def later_url(database_url: str, tmp_path: Path) -> str:
    """A database that a later release has migrated."""
    repository = tmp_path / "later"
    shutil.copytree(REPOSITORY / "alembic", repository / "alembic")
    shutil.copy(REPOSITORY / "alembic.ini", repository)
    (repository / "alembic" / "versions" / "9999_later.py").write_text(LATER.replace("HEAD", migrations.head()))
    _run(database_url, "alembic", "--config", str(repository / "alembic.ini"), "upgrade", "head")
    assert sql.rows(database_url, "SELECT version_num FROM alembic_version") == [("9999",)]
    return database_url


async def test_a_program_serves_on_the_database_of_the_next_release(later_url: str):
    async with serving(later_url) as app:
        visitor = app.test_client()
        assert (await visitor.get("/readyz")).status_code == 200
        ada: Person = await accounts.user(app, "ada")
        browser = await signed_in(app, ada)
        written = {"title": "Low tide", "content": "The sea was out, and the beach lay open."}
        assert (await browser.post("/posts/new", form=written)).status_code == 303
        program = await bearer(app, ada)
        changed = await visitor.patch("/api/posts/1", json={"title": "High tide"}, headers=program)
        assert changed.status_code == 200
        assert "High tide" in await (await visitor.get("/")).get_data(as_text=True)
        assert (await visitor.delete("/api/posts/1", headers=program)).status_code == 200
        assert (await visitor.delete(f"/api/users/{ada.id}", headers=program)).status_code == 200


def test_its_commands_leave_that_database_as_it_is(later_url: str):
    before = sql.everything(later_url)
    assert "9999 is of a later release" in _run(later_url, "blogapp", "db", "upgrade")
    assert "as this program needs it" in _run(later_url, "blogapp", "db", "check")
    assert sql.everything(later_url) == before


def test_revisions_are_numbered_one_after_the_other():
    assert [one.revision for one in REVISIONS] == [f"{number:04}" for number in range(1, len(REVISIONS) + 1)]


@pytest.mark.parametrize("revision", FOLLOWING, ids=lambda one: one.revision)
def test_a_revision_takes_nothing_from_the_release_before(revision: Any, empty_database_url: str):
    migrations.upgrade(empty_database_url, revision.down_revision)
    before = _tables(empty_database_url)
    migrations.upgrade(empty_database_url, revision.revision)
    after = _tables(empty_database_url)
    taken = [*_taken(before, after), *_demanded(before, after)]
    assert not taken or getattr(revision.module, "CONTRACTS", ""), (
        f"{revision.revision} breaks the release before: {taken}. Only add, or see docs/releasing.md."
    )


def test_what_a_revision_takes_is_seen(empty_database_url: str):
    migrations.upgrade(empty_database_url)
    before = _tables(empty_database_url)
    sql.run(
        empty_database_url,
        "ALTER TABLE posts RENAME COLUMN content TO body",
        "ALTER TABLE users ADD COLUMN theme VARCHAR(20) NOT NULL DEFAULT 'light'",
        "DROP TABLE throttles",
        "CREATE UNIQUE INDEX one_title ON posts (title)",
    )
    after = _tables(empty_database_url)
    assert _taken(before, after) == ["posts.content", "throttles"]
    assert _demanded(before, after) == ["posts.body must be given", "posts: ('title',) must be unique"]


@pytest.mark.parametrize("revision", EXPANDING, ids=lambda one: one.revision)
def test_the_release_before_reads_and_writes_as_it_did(revision: Any, empty_database_url: str):
    migrations.upgrade(empty_database_url, revision.down_revision)
    with sql.connected(empty_database_url) as connection:
        known = _known(connection)
        before = _write(connection, known, 1)
    migrations.upgrade(empty_database_url, revision.revision)
    with sql.connected(empty_database_url) as connection:
        _find(connection, known, before)
        _find(connection, known, _write(connection, known, 3))
        for table in reversed(known.sorted_tables):
            assert connection.execute(table.delete()).rowcount == 4


def test_a_new_rule_that_the_release_before_breaks_is_seen(empty_database_url: str):
    """What no comparison of columns shows."""
    migrations.upgrade(empty_database_url)
    with sql.connected(empty_database_url) as connection:
        known = _known(connection)
    sql.run(empty_database_url, "ALTER TABLE posts ADD COLUMN teaser VARCHAR(20) CHECK (teaser IS NOT NULL)")
    with pytest.raises(IntegrityError, match="teaser"), sql.connected(empty_database_url) as connection:
        _write(connection, known, 1)


def _known(connection: Connection) -> MetaData:
    """The tables as a release made for this database knows them."""
    known = MetaData()
    known.reflect(connection, only=lambda name, _: _is_written(name))
    return known


def _is_written(name: str) -> bool:
    """By the program itself: triggers keep SQLite's full-text index."""
    return name != "alembic_version" and not name.startswith(FULL_TEXT)


def _write(connection: Connection, known: MetaData, number: int) -> dict[str, list[dict[str, Any]]]:
    """Two rows of each table, and what is in them: one with everything, one with as little as may be."""
    written = {}
    for table in known.sorted_tables:
        full = {column.name: _value(column, number) for column in table.columns}
        bare = {
            column.name: None if column.nullable else _value(column, number + 1)
            for column in table.columns
            if column.primary_key or column.server_default is None
        }
        for row in (full, bare):
            connection.execute(table.insert().values(row))
        written[table.name] = [full, bare]
    return written


def _find(connection: Connection, known: MetaData, written: dict[str, list[dict[str, Any]]]) -> None:
    for table in known.sorted_tables:
        found = [dict(row) for row in connection.execute(table.select()).mappings()]
        for row in written[table.name]:
            assert any(row.items() <= one.items() for one in found), (table.name, row, found)


def _value(column: Column[Any], number: int) -> Any:
    """Another one for each number, and in a reference the one of the row referred to."""
    for reference in column.foreign_keys:
        return _value(reference.column, number)
    if isinstance(column.type, TSVECTOR):
        return f"'{number}'"
    zone = UTC if getattr(column.type, "timezone", False) else None
    values = {
        bool: True,
        int: number,
        float: float(number),
        bytes: b"%d" % number,
        str: f"{number} {column}"[: getattr(column.type, "length", None)],
        datetime: datetime(2026, 1, number, tzinfo=zone),
        object: {"number": number},  # JSON
    }
    return values[column.type.python_type]


def _tables(url: str) -> dict[str, Any]:
    """Columns of each table, and what has to be unique in it."""
    with sql.connected(url) as connection:
        found = inspect(connection)
        return {
            name: (
                {column["name"]: column for column in found.get_columns(name)},
                {tuple(one["column_names"]) for one in found.get_unique_constraints(name)}
                | {tuple(one["column_names"]) for one in found.get_indexes(name) if one["unique"]},
            )
            for name in sorted(found.get_table_names())
            if _is_written(name)
        }


def _taken(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Tables and columns that are gone or hold something else."""
    gone = []
    for name, (columns, _) in before.items():
        if name not in after:
            gone.append(name)
            continue
        kept = after[name][0]
        gone += [
            f"{name}.{column}"
            for column, facts in columns.items()
            if column not in kept or str(kept[column]["type"]) != str(facts["type"])
        ]
    return gone


def _demanded(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What somebody who writes as before does not give, or may no longer give twice."""
    demanded = []
    for name in before.keys() & after.keys():
        (old, old_unique), (new, new_unique) = before[name], after[name]
        demanded += [
            f"{name}.{column} must be given"
            for column, facts in new.items()
            if not facts["nullable"] and facts["default"] is None and (column not in old or old[column]["nullable"])
        ]
        demanded += [f"{name}: {columns} must be unique" for columns in sorted(new_unique - old_unique)]
    return sorted(demanded)


def _run(url: str, module: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "DATABASE_URL": url, "BLOGAPP_ENV": "testing"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
