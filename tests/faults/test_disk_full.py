"""The disk of the database is full under load: who writes is told so, who reads notices nothing, and room is found again."""

from __future__ import annotations

import resource
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import Told
from tests.faults.load import Load, client
from tests.live import running
from tests.waiting import wait_until

ROOM = 16 * 1024
"""Bytes that the largest file may still grow by."""
WELL = {200, 201, 303}


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_writers_are_told_and_nothing_is_lost(tmp_path: Path, database_url: str, told: Told):
    """The system refuses each byte beyond a size, as it does where there is no room."""
    file = Path(database_url.removeprefix("sqlite:///"))
    with running(tmp_path, database_url, PAGE_CACHE_BYTES="0") as server:
        load = Load(partial(client, server.port))
        with load.going_on("register", "publish", "read", "read"), client(server.port) as asking:
            load.wait_for_more()
            sizes = [found.stat().st_size for found in (*file.parent.glob(f"{file.name}*"), server.log)]
            _limit(server.process.pid, max(sizes) + ROOM)
            wait_until(lambda: load.count(503) >= 10)
            reads = load.seen["read", 200]
            wait_until(lambda: load.seen["read", 200] >= reads + 10)
            assert asking.get("/livez").status_code == 200
            _limit(server.process.pid, resource.RLIM_INFINITY)
            load.wait_for_each()
        lost = load.lost(database_url)
    told("the disk of SQLite full, and room again", load, lost)
    assert (lost, load.statuses - WELL - {503}) == ([], set())
    assert {status for act, status in load.seen if act == "read"} == {200}


def _limit(process: int, size: int) -> None:
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
