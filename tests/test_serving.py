"""`blogapp serve`: it comes up once, stops as promised, and has kept what it acknowledged."""

from __future__ import annotations

import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.live import (
    LOGIN,
    PATIENCE,
    WITHIN,
    Reply,
    begin,
    environment,
    free_port,
    get,
    newcomer,
    running,
    start,
    wait_until_gone,
    wait_until_ready,
)


def usernames(url: str) -> list[str]:
    query = "SELECT username FROM users ORDER BY id"
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return [name for (name,) in connection.execute(query)]
    with psycopg.connect(url) as connection:
        return [name for (name,) in connection.execute(query)]


def test_two_that_start_at_once_on_an_empty_database_both_come_up(empty_database_url: str, tmp_path: Path):
    servers = [start(tmp_path, empty_database_url) for _ in range(2)]
    try:
        for server in servers:
            wait_until_ready(server)
            assert server.send(get("/")).status == 200
        for server in servers:
            assert server.stop() == 0
    finally:
        for server in servers:
            server.kill()


def test_a_kill_right_after_the_answer_loses_nothing(database_url: str, tmp_path: Path):
    names = [f"user{number}" for number in range(5)]
    with running(tmp_path, database_url) as server:
        for name in names[:-1]:
            assert server.send(newcomer(name)).status == 303
        with closing(server.connect()) as connection:
            connection.sendall(newcomer(names[-1]))
            assert connection.recv(12) == b"HTTP/1.1 303"
            server.kill()
    assert usernames(database_url) == names
    with running(tmp_path, database_url) as server:
        assert server.send(newcomer("later")).status == 303


@pytest.fixture
def url(migrated_file: Path, tmp_path: Path) -> str:
    (tmp_path / "blog.db").write_bytes(migrated_file.read_bytes())
    return f"sqlite:///{tmp_path}/blog.db"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_finishes_what_is_in_flight(url: str, tmp_path: Path, number: signal.Signals):
    with running(tmp_path, url) as server, closing(begin(server)) as connection, closing(server.connect()) as idle:
        idle.sendall(get("/livez"))
        assert Reply.read(idle).status == 200
        server.process.send_signal(number)
        wait_until_gone(server)
        connection.sendall(LOGIN[-1:])
        reply = Reply.read(connection)
        assert reply.status == 401
        assert reply.is_page
        assert server.process.wait(PATIENCE) == 0
        assert [line for line in server.lines() if line["level"] == "error"] == []


def test_a_stop_does_not_wait_for_ever(url: str, tmp_path: Path):
    """A request that never ends is given up; the grace is the operator's."""
    with running(tmp_path, url, SHUTDOWN_TIMEOUT="0.5") as server:
        with closing(begin(server)), closing(begin(server)):
            started = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - started < WITHIN
        assert "Traceback" not in server.log.read_text()
        assert server.lines()[-1]["event"] == "stopped"


def test_a_stop_while_nobody_is_there_is_quick(url: str, tmp_path: Path):
    with running(tmp_path, url) as server:
        with closing(server.connect()) as silent, closing(server.connect()) as half:
            half.sendall(b"GET / HTTP/1.1\r\nHost: a")
            assert server.stop() == 0
            assert silent.recv(1) == b""
        assert server.lines()[-1]["in_time"] is True


def test_a_stop_at_any_moment_of_the_start_is_a_stop(url: str, tmp_path: Path):
    for wait in (0.5, 1.0):
        server = start(tmp_path, url)
        time.sleep(wait)
        assert server.stop() in {0, -signal.SIGTERM}
        assert "Traceback" not in server.log.read_text()


def serve(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blogapp", "serve", *arguments],
        env=environment(url),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def test_a_port_in_use_is_one_line_and_exit_1(url: str, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = serve(tmp_path, url, "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: can't listen on 127.0.0.1")
    assert done.stderr.count("\n") == 1


def test_of_two_on_one_port_the_second_is_told_at_once(url: str, tmp_path: Path):
    """Also while the first one is still busy with its start."""
    port = free_port()
    servers = [start(tmp_path, url, port=port) for _ in range(2)]
    try:
        codes = []
        deadline = time.monotonic() + PATIENCE
        while not codes and time.monotonic() < deadline:
            codes = [code for server in servers if (code := server.process.poll()) is not None]
            time.sleep(0.05)
        assert codes == [1]
        log = servers[0].log.read_text()
        assert log.count("Error: can't listen on 127.0.0.1") == 1
        assert "Traceback" not in log
        [left] = [server for server in servers if server.process.poll() is None]
        wait_until_ready(left)
    finally:
        for server in servers:
            server.kill()


@pytest.mark.parametrize("host", ["name.invalid", "192.0.2.1", "a..b", "x" * 70])
def test_an_address_that_is_not_here_is_one_line_and_exit_1(url: str, tmp_path: Path, host: str):
    done = serve(tmp_path, url, "--host", host, "--port", "0")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: can't listen on {host}")
    assert done.stderr.count("\n") == 1


def test_a_database_that_is_away_keeps_nobody_from_starting(tmp_path: Path):
    with running(tmp_path, "postgresql://nobody@127.0.0.1:1/nothing", ready="/livez") as server:
        page, problem, ready = (server.send(get(path)) for path in ("/", "/api/posts", "/readyz"))
        assert [reply.status for reply in (page, problem, ready)] == [503, 503, 503]
        assert page.is_page
        assert int(page.headers["retry-after"]) > 0
        assert problem.problem["code"] == "unavailable"
        assert server.stop() == 0
        assert "Traceback" not in server.log.read_text()


def drip(connection: socket.socket, data: bytes) -> None:
    for byte in data:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def test_heads_that_come_a_byte_at_a_time_are_given_up(url: str, tmp_path: Path):
    """The time for a whole head is counted, not the time since the last byte."""
    shorter = "import sys; from blogapp.infra import server; server.KEEP_ALIVE = 1; from blogapp.cli import main; "
    command = ("-c", shorter + "sys.argv = ['blogapp', 'serve', '--port', '{port}']; main()")
    with running(tmp_path, url, command=command) as server, closing(server.connect()) as slow:
        with pytest.raises(ConnectionError):
            drip(slow, get("/", "X-Slow: " + "a" * 10_000))
        assert server.send(get("/livez")).status == 200


def test_it_may_have_more_connections_than_systems_allow_at_first(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        with running(tmp_path, f"sqlite:///{tmp_path}/blog.db", ready="/livez") as server:
            limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    (allowed,) = (int(line.split()[3]) for line in limits.splitlines() if line.startswith("Max open files"))
    assert allowed == (65536 if hard == resource.RLIM_INFINITY else min(65536, hard))
