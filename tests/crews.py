"""`blogapp serve --workers`, and the processes it consists of."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live import SERVE, Server, running
from tests.waiting import wait_until

SOME = 2


def workers(server: Server) -> set[int]:
    """Processes, whether they serve already or still do."""
    pid = server.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def serving(server: Server) -> set[int]:
    told = {line["worker"] for line in server.lines() if line["event"] == "worker serves"}
    return told & workers(server)


@contextmanager
def crew(folder: Path, database_url: str, redis_url: str, **settings: str) -> Iterator[Server]:
    """All of them serve; none is left."""
    command = (*SERVE, "--workers", str(SOME))
    left: set[int] = set()
    with running(folder, database_url, command=command, REDIS_URL=redis_url, **settings) as server:
        wait_until(lambda: len(serving(server)) == SOME)
        left = serving(server)
        try:
            yield server
        finally:
            left |= workers(server) if server.process.poll() is None else set()
            for pid in left:
                end(pid)


def end(pid: int) -> None:
    if is_there(pid):
        os.kill(pid, signal.SIGKILL)


def is_there(pid: int) -> bool:
    """Still running, and one of ours."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"serve-as-worker" in command
