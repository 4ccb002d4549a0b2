"""A stand-in for an instance that remembers, byte for byte, what the proxy sent it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import IO

HANGS_UP = "/hangs-up"
"""A path whose requests are taken and never answered: the connection is closed instead."""

SILENT = "/silent"
"""How paths end whose requests are taken and never answered, with the connection left open."""

Headers = list[tuple[str, str]]
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\ninstance"


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Headers
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name.lower()]


@dataclass(slots=True)
class Recorder:
    requests: list[Request] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    answers: dict[str, Callable[[Request], bytes]] = field(default_factory=dict)
    """What is said at a path, where it is not the usual; nothing hangs up."""

    def last(self) -> Request:
        return self.requests[-1]

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


@contextmanager
def recorder(count: int) -> Iterator[Recorder]:
    """`count` instances that share one memory."""
    shared = Recorder()
    servers = [_Server(("127.0.0.1", 0), _handler(shared)) for _ in range(count)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        shared.ports.append(server.server_address[1])
    try:
        yield shared
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    server_address: tuple[str, int]


def _plain(_: Request) -> bytes:
    return PLAIN


def _read(line: bytes, rest: IO[bytes]) -> Request:
    method, path, _ = line.decode("latin-1").split()
    headers: Headers = []
    while field_line := rest.readline().strip():
        name, _, value = field_line.decode("latin-1").partition(":")
        headers.append((name, value.strip()))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Request(method, path, headers, rest.read(length))


def _handler(shared: Recorder) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            while line := self.rfile.readline():
                request = _read(line, self.rfile)
                shared.requests.append(request)
                if request.path == HANGS_UP:
                    return
                if request.path.endswith(SILENT):
                    continue
                if request.all("Upgrade") == ["websocket"]:
                    self._echo()
                    return
                if not (answer := shared.answers.get(request.path, _plain)(request)):
                    return
                self.wfile.write(answer)

        def _echo(self) -> None:
            self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")
            while chunk := self.connection.recv(4096):
                self.wfile.write(chunk)

    return Handler
