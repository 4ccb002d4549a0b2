"""Two hundred clients who send and read as slowly as they can, and others who don't notice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import Told
from tests.faults.load import Load, client
from tests.live import FORM, LOGIN, Server, get, request, running

WELL = {200, 201, 303}
MOST_READ = 40
EACH = {"headers": 70, "bodies": 70, "answers": 60}


@contextmanager
def slow_clients(server: Server) -> Iterator[list[socket.socket]]:
    """Each sends a byte every half second, or asks for much and takes nothing of it."""
    with ExitStack() as stack:
        connections = [stack.enter_context(closing(_connect(server))) for _ in range(sum(EACH.values()))]
        senders, readers = connections[: -EACH["answers"]], connections[-EACH["answers"] :]
        for connection in readers:
            connection.sendall(get("/static/css/blog.css") * MOST_READ)
        for number, connection in enumerate(senders):
            if number < EACH["headers"]:
                connection.sendall(get("/", "X-Slow: a")[:-4])
            else:
                connection.sendall(request("POST", "/auth/login", FORM, body=LOGIN)[: -len(LOGIN)])
        ended = threading.Event()
        dripping = threading.Thread(target=_drip, args=(senders, ended))
        dripping.start()
        try:
            yield connections
        finally:
            ended.set()
            dripping.join()


def _connect(server: Server) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", server.port))
    return connection


def _drip(senders: list[socket.socket], ended: threading.Event) -> None:
    while not ended.wait(0.5):
        for connection in senders:
            with suppress(OSError):
                connection.sendall(b"a")


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_nobody_waits_for_them(tmp_path: Path, database_url: str, told: Told):
    """Those with slow bodies are sent away when their time is over."""
    with running(tmp_path, database_url, BODY_TIMEOUT="3") as server:
        load = Load(partial(client, server.port))
        with load.going_on("register", "publish", "publish", "read", "read"):
            load.wait_for_more()
            with slow_clients(server) as connections:
                load.wait_for_more(40)
                for connection in connections[EACH["headers"] : -EACH["answers"]]:
                    connection.settimeout(30)
                    assert connection.recv(12) == b"HTTP/1.1 408"
            load.wait_for_each()
        lost = load.lost(database_url)
        assert not [line for line in server.lines() if line["level"] == "error"]
    told("200 slow clients: headers, bodies, readers", load, lost)
    assert (lost, load.statuses - WELL) == ([], set())
