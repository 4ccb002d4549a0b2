"""Real servers on loopback, started as an operator starts them, and bare connections to them."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.people import PASSWORD
from tests.serving import FAST

ROOT = Path(__file__).parents[1]
PATIENCE = 60.0
"""Seconds a machine under load may take for what is done in one."""

WITHIN = 15.0
"""Seconds in which a server has to be gone, whatever it was doing."""

FORM = "Content-Type: application/x-www-form-urlencoded"
JSON = "Content-Type: application/json"
LOGIN = b"email=nobody%40example.org&password=nothing"

SERVE = ("-m", "blogapp", "serve", "--port", "{port}")
STOCK = ("-m", "hypercorn", "--config", str(ROOT / "hypercorn.toml"), "--bind", "127.0.0.1:{port}", "blogapp.asgi:app")


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def send(self, raw: bytes, *, half_close: bool = False) -> Reply:
        """What comes back on a connection of its own until the server closes it, or has answered once."""
        with closing(self.connect()) as connection:
            connection.sendall(raw)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return Reply.read(connection)

    def register(self, name: str, password: str = PASSWORD) -> None:
        reply = self.send(newcomer(name, password))
        assert reply.status == 303, reply

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged; every line of it is JSON."""
        whole, _, _ = self.log.read_text().rpartition("\n")
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, connection: socket.socket, method: str = "GET") -> Reply:
        """The next answer on a connection; ConnectionError when there is none."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _some(connection, 1)
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length, body = 0 if method == "HEAD" else int(headers.get("content-length", "0")), b""
        while len(body) < length:
            body += _some(connection, length - len(body))
        return cls(int(first.split()[1]), headers, body)

    @property
    def is_page(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", self
        found: dict[str, Any] = json.loads(self.body)
        return found


def _some(connection: socket.socket, most: int) -> bytes:
    data = connection.recv(most)
    if not data:
        raise ConnectionError("the server closed the connection before its answer was whole")
    return data


@contextmanager
def running(
    folder: Path, database_url: str, *, command: tuple[str, ...] = SERVE, ready: str = "/readyz", **settings: str
) -> Iterator[Server]:
    """A server that answers `ready`; its folder holds the log and whatever the application keeps."""
    server = start(folder, database_url, command=command, **settings)
    try:
        wait_until_ready(server, ready)
        yield server
    finally:
        server.kill()


def start(
    folder: Path, database_url: str, *, command: tuple[str, ...] = SERVE, port: int = 0, **settings: str
) -> Server:
    port = port or free_port()
    with (folder / f"{port}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *(part.format(port=port) for part in command)],
            env=environment(database_url, **settings),
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    return Server(port, process, folder / f"{port}.log")


def environment(database_url: str, **settings: str) -> dict[str, str]:
    usual = {name.upper(): str(value) for name, value in FAST.items()}
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    names = {"BLOGAPP_ENV": "testing", "LOG_FORMAT": "json", "DATABASE_URL": database_url}
    return inherited | usual | names | settings


def wait_until_ready(server: Server, path: str = "/readyz") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.log.read_text()
        try:
            if server.send(get(path)).status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{path} never said 200: {server.log.read_text()[-2000:]}")


def wait_until_gone(server: Server) -> None:
    """Until it takes no new connections."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            server.connect().close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise AssertionError("it still takes connections")


def begin(server: Server) -> socket.socket:
    """A login whose last byte is still missing."""
    connection = server.connect()
    connection.sendall(request("POST", "/auth/login", FORM, body=LOGIN)[:-1])
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert server.send(get("/livez")).status == 200  # so it has seen what came before
    return connection


def get(target: str, *headers: str, host: str = "127.0.0.1") -> bytes:
    return request("GET", target, *headers, host=host)


def request(method: str, target: str, *headers: str, body: bytes = b"", host: str = "127.0.0.1") -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def newcomer(name: str, password: str = PASSWORD) -> bytes:
    form = {"username": name, "email": f"{name}@example.org", "password": password, "confirm_password": password}
    return request("POST", "/auth/register", FORM, "Connection: close", body=urlencode(form).encode())


def free_port() -> int:
    """Below those that systems give to whoever asks for any: no other server comes to have it while nobody listens there."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
