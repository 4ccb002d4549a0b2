"""The database goes away under load: everybody is told within seconds, and it is found again without a restart."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from blogapp.infra import migrations
from tests.faults.conftest import Told
from tests.faults.load import Load, client
from tests.live import running
from tests.postgres import Fragile, fragile
from tests.waiting import wait_until

LOCKED = 3.0
"""Seconds."""
WELL = {200, 201, 303}
EVERYBODY = ("register", "publish", "read", "read")


def test_postgresql_stopped_and_started(tmp_path: Path, told: Told):
    with fragile() as postgres:
        migrations.upgrade(postgres.url)
        _crash_under_load(postgres, tmp_path, told)


def _crash_under_load(postgres: Fragile, folder: Path, told: Told) -> None:
    with running(folder, postgres.url, DATABASE_TIMEOUT="2", PAGE_CACHE_BYTES="0") as server:
        load = Load(partial(client, server.port))
        with load.going_on(*EVERYBODY), client(server.port) as asking:
            load.wait_for_more()
            postgres.crash()
            wait_until(lambda: load.count(503) >= 10)
            answer = asking.get("/api/posts")
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert asking.get("/livez").status_code == 200
            postgres.start()
            started = time.monotonic()
            load.wait_for_each()
            recovery = time.monotonic() - started
        lost = load.lost(postgres.url)
    told("PostgreSQL crashed and started again", load, lost, recovery=recovery)
    assert (lost, load.statuses - WELL - {503}) == ([], set())


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_sqlite_locked_by_another_program(tmp_path: Path, database_url: str, told: Told):
    """Writers wait for it, readers don't."""
    file = database_url.removeprefix("sqlite:///")
    with running(tmp_path, database_url, DATABASE_TIMEOUT="30", PAGE_CACHE_BYTES="0") as server:
        load = Load(partial(client, server.port))
        with load.going_on(*EVERYBODY), closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as other:
            load.wait_for_more()
            other.execute("BEGIN IMMEDIATE")
            time.sleep(0.2)
            before, reads = len(load.at), load.seen["read", 200]
            time.sleep(LOCKED - 0.2)
            assert load.seen["read", 200] > reads
            assert len(load.at) <= before + 2
            other.execute("ROLLBACK")
            load.wait_for_each()
        lost = load.lost(database_url)
    told(f"SQLite locked by another program for {LOCKED:g} s", load, lost)
    assert (lost, load.statuses - WELL) == ([], set())
