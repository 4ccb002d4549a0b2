"""Revisions: wholly or not at all, one at a time, and equal to the models."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blogapp import tables
from blogapp.errors import Refused
from blogapp.infra import migration_lock, migrations
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from tests import flask_blog, sql

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def big_flask_url(empty_database_url: str) -> str:
    """More than fits SQLite's page cache, so that a migration under way has written to the file."""
    flask_blog.fill(empty_database_url)
    texts = ", ".join(f"({n}, 'Title {n}', '{'lorem ipsum ' * 1000}', 2)" for n in range(100, 700))
    sql.run(empty_database_url, f"INSERT INTO posts (id, title, content, user_id) VALUES {texts}")
    return empty_database_url


def test_models_and_migrations_are_equal(database_url):
    found = migrations.check(database_url)
    assert found.wanting == []
    assert found.strange == []


def test_tables_are_what_the_models_would_make(empty_database_url, database_url):
    """Also what the comparison does not look at, like the order of columns on SQLite."""
    with sql.connected(empty_database_url) as connection:
        tables.metadata.create_all(connection)
    migrated = [_on_one_line(row) for row in sql.catalogue(database_url) if "alembic_version" not in str(row)]
    assert migrated == [_on_one_line(row) for row in sql.catalogue(empty_database_url)]


def _on_one_line(row: tuple[object, ...]) -> str:
    """SQLite keeps the text of a statement, with the line breaks of whoever wrote it, and puts what is added behind them."""
    return " ".join(str(row).replace("\\n", " ").replace("\\t", " ").split()).replace(" ,", ",").replace(" )", ")")


def test_up_down_and_up_again(empty_database_url):
    migrations.upgrade(empty_database_url)
    first = sql.catalogue(empty_database_url)
    migrations.downgrade(empty_database_url, "base")
    assert migrations.current(empty_database_url) is None
    migrations.upgrade(empty_database_url)
    assert sql.catalogue(empty_database_url) == first


async def test_a_database_in_memory_is_migrated_on_its_own_connection():
    db = Database("sqlite://", Events())
    async with db.connection() as connection:
        await migrations.upgrade_connection(connection)
    async with db.read() as connection:
        assert await migrations.is_current(connection)
    await db.close()


async def test_what_readiness_asks(database_url, empty_database_url):
    answers = []
    for url in (database_url, empty_database_url):
        db = Database(url, Events())
        async with db.read() as connection:
            answers.append((await migrations.is_current(connection), await migrations.is_empty(connection)))
        await db.close()
    assert answers == [(True, False), (False, True)]


async def test_another_revision_is_not_current(database_url):
    sql.run(database_url, "UPDATE alembic_version SET version_num = 'other'")
    db = Database(database_url, Events())
    async with db.read() as connection:
        assert not await migrations.is_current(connection)
    await db.close()


def test_only_an_empty_database_is_set_up_by_itself(empty_database_url):
    migrations.upgrade_if_empty(empty_database_url)
    assert migrations.current(empty_database_url) == migrations.head()
    sql.run(empty_database_url, "DELETE FROM alembic_version")
    migrations.upgrade_if_empty(empty_database_url)
    assert migrations.current(empty_database_url) is None


@pytest.mark.parametrize("before", ["nothing", "a Flask blog"])
def test_starts_at_once_all_come_up(empty_database_url, before):
    if before == "a Flask blog":
        flask_blog.fill(empty_database_url)
    processes = [_upgrade_in_a_process(empty_database_url) for _ in range(3)]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], answers
    assert migrations.check(empty_database_url).wanting == []


def test_a_migration_killed_half_way_leaves_the_old_state_whole(big_flask_url):
    before = sql.everything(big_flask_url)
    process = _hang_half_way(big_flask_url)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=10)
    assert sql.everything(big_flask_url) == before
    migrations.upgrade(big_flask_url)
    assert migrations.check(big_flask_url).wanting == []
    assert sql.rows(big_flask_url, "SELECT count(*) FROM posts") == [(603,)]


def test_a_start_during_a_migration_waits_for_it(big_flask_url, monkeypatch):
    """And gives up with one line where it takes too long."""
    monkeypatch.setattr(migration_lock, "LOCK_PATIENCE", 1)
    process = _hang_half_way(big_flask_url)
    started = time.monotonic()
    with pytest.raises(Refused, match="lock"):
        migrations.upgrade(big_flask_url)
    assert time.monotonic() - started >= 1
    process.kill()
    process.wait(timeout=10)


def test_an_interrupted_command_changes_nothing(big_flask_url):
    before = sql.everything(big_flask_url)
    process = _hang_half_way(big_flask_url, seconds=2)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    assert process.returncode != 0
    assert sql.everything(big_flask_url) == before


def test_plain_alembic_works_in_the_repository(empty_database_url):
    for arguments in (["upgrade", "head"], ["check"], ["current"], ["downgrade", "base"]):
        done = _alembic(empty_database_url, *arguments)
        assert done.returncode == 0, done.stderr
        if arguments == ["current"]:
            assert done.stdout == f"{migrations.head()} (head)\n"


def test_there_is_one_head_and_no_package_that_hides_alembic():
    assert migrations.folder() == REPOSITORY / "alembic"
    assert migrations.head()
    assert not (migrations.folder() / "__init__.py").exists()


def _upgrade_in_a_process(url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from blogapp.infra import migrations; migrations.upgrade({url!r})"]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


HANG = """
import time
from contextlib import contextmanager
from blogapp.infra import migration_lock, migrations

class Hang:
    @contextmanager
    def count(self, label, total):
        done = 0
        def advance(more):
            nonlocal done
            done += more
            if label in ("copying posts", "naming posts") and done > 300:
                print("half way", flush=True)
                time.sleep({seconds})
        yield advance

migrations.upgrade({url}, progress=Hang())
"""


def _hang_half_way(url: str, seconds: int = 60) -> subprocess.Popen[bytes]:
    program = HANG.replace("{url}", repr(url)).replace("{seconds}", str(seconds))
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    assert process.stdout.readline() == b"half way\n"
    process.stdout.close()
    return process


def _alembic(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"DATABASE_URL": url, "BLOGAPP_ENV": "testing"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
