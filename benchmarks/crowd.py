"""Many WebSockets that listen to live updates, opened by this process on bare connections."""

from __future__ import annotations

import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.cores import BenchmarkError
from benchmarks.servers import HOST, Running

SPARE_FILES = 512
"""Open files that a server or this process needs beside its sockets."""
READY = b'"ready"'
PATIENCE = 20.0
"""Seconds for a socket to be let in, and for a message to reach them all."""
FAREWELL = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
"""A close frame with code 1000, masked with zeros (RFC 6455, 5.5.1)."""


class Crowd:
    def __init__(self, server: Running, size: int) -> None:
        """Returns once all have been told that they hear everything. Raises BenchmarkError when one is not let in."""
        self._sockets = [_opened(server) for _ in range(size)]

    def hear(self, said: bytes) -> list[float]:
        """The moment at which each has got a message that contains it, in seconds of `time.perf_counter`."""
        moments = []
        with selectors.DefaultSelector() as selector:
            for one in self._sockets:
                selector.register(one, selectors.EVENT_READ, bytearray())
            deadline = time.perf_counter() + PATIENCE
            while selector.get_map():
                for key, _ in selector.select(PATIENCE):
                    heard: bytearray = key.data
                    heard += _received(key.fileobj)
                    if said in heard:
                        moments.append(time.perf_counter())
                        selector.unregister(key.fileobj)
                if time.perf_counter() > deadline:
                    raise BenchmarkError(f"{len(selector.get_map())} sockets heard nothing in {PATIENCE:.0f} seconds")
        return moments

    def leave(self) -> None:
        """Every second one says good-bye, the others are gone at once."""
        for number, one in enumerate(self._sockets):
            if number % 2:
                one.sendall(FAREWELL)
            one.close()
        self._sockets.clear()


@contextmanager
def crowd(server: Running, size: int) -> Iterator[Crowd]:
    gathered = Crowd(server, size)
    try:
        yield gathered
    finally:
        gathered.leave()


def allow_files(count: int) -> None:
    """For this process and those it starts. Raises BenchmarkError when the system does not."""
    needed = count + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise BenchmarkError(f"{count:,} sockets need {needed:,} open files, and the limit here is {hard:,}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _opened(server: Running) -> socket.socket:
    opened = socket.create_connection((HOST, server.port), timeout=PATIENCE)
    opened.sendall(
        f"GET /api/live HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    heard = b""
    while READY not in heard:
        heard += _received(opened)
    return opened


def _received(one: object) -> bytes:
    assert isinstance(one, socket.socket)
    try:
        if data := one.recv(65536):
            return data
    except OSError as error:
        raise BenchmarkError(f"a socket broke: {error}") from error
    raise BenchmarkError("the server closed a socket")
