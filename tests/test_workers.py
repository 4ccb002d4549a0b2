"""`blogapp serve --workers`: one blog, whatever happens to one of its processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.crews import SOME, crew, is_there, serving, workers
from tests.live import (
    LOGIN,
    PATIENCE,
    SERVE,
    WITHIN,
    Reply,
    Server,
    begin,
    environment,
    get,
    start,
    wait_until_gone,
)
from tests.redis_server import RedisServer
from tests.waiting import wait_until

CLIENTS = 6
"""Enough for each worker to have one, but for one time in thirty."""


@pytest.fixture
def url(migrated_file: Path, tmp_path: Path) -> str:
    (tmp_path / "blog.db").write_bytes(migrated_file.read_bytes())
    return f"sqlite:///{tmp_path}/blog.db"


def begun(server: Server, stack: ExitStack) -> list[socket.socket]:
    connections = [stack.enter_context(closing(begin(server))) for _ in range(CLIENTS)]
    time.sleep(0.3)
    return connections


def finish(connections: list[socket.socket]) -> list[int]:
    for connection in connections:
        connection.sendall(LOGIN[-1:])
    return [Reply.read(connection).status for connection in connections]


@pytest.mark.parametrize(
    ("number", "whom"),
    [(signal.SIGTERM, "supervisor"), (signal.SIGTERM, "everyone"), (signal.SIGINT, "everyone")],
)
def test_a_stop_finishes_what_is_in_flight(
    url: str, tmp_path: Path, redis: RedisServer, number: signal.Signals, whom: str
):
    """Also where every process of the service is told, as systemd does by default and Ctrl+C does."""
    with crew(tmp_path, url, redis.url) as server, ExitStack() as stack:
        connections = begun(server, stack)
        for pid in [server.process.pid, *(workers(server) if whom == "everyone" else ())]:
            os.kill(pid, number)
        wait_until_gone(server)
        assert finish(connections) == [401] * CLIENTS
        assert server.process.wait(PATIENCE) == 0
        assert [line for line in server.lines() if line["level"] == "error"] == []


def test_it_serves_on_both_databases(database_url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, database_url, redis.url) as server:
        assert {server.send(get("/")).status for _ in range(10)} == {200}
        assert server.stop() == 0


def test_a_request_that_never_ends_and_a_worker_that_hangs_are_given_up(url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, url, redis.url, SHUTDOWN_TIMEOUT="0.5") as server, ExitStack() as stack:
        begun(server, stack)
        hung = min(workers(server))
        os.kill(hung, signal.SIGSTOP)
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < WITHIN
        assert not is_there(hung)
        assert "Traceback" not in server.log.read_text()


def test_a_worker_that_is_killed_is_replaced(url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, url, redis.url) as server:
        first = serving(server)
        for pid in first:
            before = serving(server)
            os.kill(pid, signal.SIGKILL)
            assert server.send(get("/")).status == 200
            wait_until(lambda before=before: len(serving(server) - before) == 1)
        assert len(serving(server)) == SOME
        assert not serving(server) & first
        assert server.stop() == 0


def test_workers_end_with_a_supervisor_that_is_killed(url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, url, redis.url) as server, ExitStack() as stack:
        connections = begun(server, stack)
        left = workers(server)
        server.kill()
        wait_until_gone(server)
        assert finish(connections) == [401] * CLIENTS
        wait_until(lambda: not any(map(is_there, left)), WITHIN)


def test_a_worker_that_is_starting_ends_with_its_supervisor(url: str, tmp_path: Path, redis: RedisServer):
    server = start(tmp_path, url, command=(*SERVE, "--workers", "2"), REDIS_URL=redis.url)
    wait_until(lambda: any(map(is_there, workers(server))))
    left = workers(server)
    server.kill()
    wait_until(lambda: not any(map(is_there, left)))
    assert "Traceback" not in server.log.read_text()


class Reader(threading.Thread):
    """Reads one page after the other, on a connection kept as long as the server says, or on new ones."""

    def __init__(self, server: Server, *, keeps: bool) -> None:
        super().__init__()
        self._server = server
        self._keeps = keeps
        self.ended = threading.Event()
        self.seen: Counter[str] = Counter()

    def run(self) -> None:
        connection = self._server.connect()
        while not self.ended.wait(0.005):
            try:
                connection.sendall(get("/readyz"))
                reply = Reply.read(connection)
            except OSError as error:
                self.seen[repr(error)] += 1
                connection = self._again(connection)
                continue
            self.seen[str(reply.status)] += 1
            if not self._keeps or reply.headers.get("connection") == "close":
                connection = self._again(connection)
        connection.close()

    def _again(self, connection: socket.socket) -> socket.socket:
        connection.close()
        return self._server.connect()


def test_a_reload_replaces_every_worker_and_fails_no_request(url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, url, redis.url) as server:
        before = serving(server)
        readers = [Reader(server, keeps=keeps) for keeps in (True, False, True, False)]
        for reader in readers:
            reader.start()
        (tmp_path / ".env").write_text("SITE_NAME=Another\n")
        try:
            server.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(serving(server)) == SOME and not workers(server) & before)
        finally:
            for reader in readers:
                reader.ended.set()
                reader.join()
        assert [set(reader.seen) for reader in readers] == [{"200"}] * len(readers)
        assert {b"Another" in server.send(get("/")).body for _ in range(10)} == {True}
        assert server.stop() == 0


def test_a_reload_finishes_what_is_in_flight(url: str, tmp_path: Path, redis: RedisServer):
    with crew(tmp_path, url, redis.url) as server, ExitStack() as stack:
        before = serving(server)
        connections = begun(server, stack)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(serving(server) - before) == 1)
        time.sleep(1.5)
        assert finish(connections) == [401] * CLIENTS
        wait_until(lambda: len(serving(server)) == SOME and not workers(server) & before)
        assert server.stop() == 0


def test_a_reload_that_fails_leaves_the_workers_and_then_nobody_can_be_replaced(
    url: str, tmp_path: Path, redis: RedisServer
):
    with crew(tmp_path, url, redis.url) as server:
        before = serving(server)
        (tmp_path / ".env").write_text("LIMIT_API=much\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: any(line["event"] == "reload failed" for line in server.lines()))
        assert workers(server) == before
        assert server.send(get("/")).status == 200
        os.kill(min(before), signal.SIGKILL)
        assert server.process.wait(PATIENCE) == 1
        [error] = [line for line in server.log.read_text().splitlines() if line.startswith("Error")]
        assert error == "Error: workers can't start any more: LIMIT_API is not a limit like 10/15 minutes"
        assert "Traceback" not in server.log.read_text()
        assert not any(map(is_there, before))


def test_a_worker_that_can_not_start_is_one_line_and_exit_1(url: str, tmp_path: Path, redis: RedisServer):
    (tmp_path / "sitecustomize.py").write_text("import os, sys\nif 'serve-as-worker' in sys.orig_argv: os._exit(7)\n")
    environment_path = os.pathsep.join([str(tmp_path), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    done = serve(tmp_path, url, "--workers", "2", REDIS_URL=redis.url, PYTHONPATH=environment_path)
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if not line.startswith("blogapp is at")]
    assert errors == ["Error: a worker ended with 7 before it could serve"]


def test_a_stop_at_any_moment_of_the_start_is_a_stop(url: str, tmp_path: Path, redis: RedisServer):
    for wait in (1.2, 1.6, 2.0):
        server = start(tmp_path, url, command=(*SERVE, "--workers", "2"), REDIS_URL=redis.url)
        time.sleep(wait)
        assert server.stop() in {0, -signal.SIGTERM}
        assert "Traceback" not in server.log.read_text()


def serve(folder: Path, url: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blogapp", "serve", "--port", "0", *arguments],
        env=environment(url, **settings),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "settings", "reason"),
    [
        (["--workers", "2"], {}, "more than one process need REDIS_URL"),
        ([], {"WORKERS": "2"}, "more than one process need REDIS_URL"),
        (["--workers", "2", "--reload"], {"REDIS_URL": "redis://127.0.0.1:1"}, "--reload is for one process"),
        (
            ["--workers", "2"],
            {"REDIS_URL": "redis://127.0.0.1:1", "DATABASE_URL": "sqlite:///:memory:"},
            "more than one process can't share a database in memory",
        ),
    ],
)
def test_what_processes_can_not_share_is_refused(
    url: str, tmp_path: Path, arguments: list[str], settings: dict[str, str], reason: str
):
    done = serve(tmp_path, url, *arguments, **settings)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {reason}")
    assert done.stderr.count("\n") == 1


def test_calls_are_counted_together(url: str, tmp_path: Path, redis: RedisServer):
    limits = {"RATE_LIMITS": "on", "LIMIT_API": "6/hour"}
    with crew(tmp_path, url, redis.url, **limits) as server:
        statuses = []
        for stopped in sorted(serving(server)):
            os.kill(stopped, signal.SIGSTOP)
            statuses += [server.send(get("/api/posts")).status for _ in range(4)]
            os.kill(stopped, signal.SIGCONT)
        assert statuses == [200] * 6 + [429] * 2
