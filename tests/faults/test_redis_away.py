"""Two web processes share a Redis that is killed, hangs and comes back while people use the blog."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.conftest import Told
from tests.faults.load import Load, account, client
from tests.listening.listeners import Stream
from tests.live import Server, running
from tests.people import PASSWORD
from tests.redis_server import RedisServer
from tests.waiting import wait_until

WELL = {200, 201, 303}
EVERYBODY = ("register", "register", "browse", "browse")
STALE = 1.0
"""Seconds for which a page may be, at most."""
CALLS = 10
"""Of the API, for an address in an hour."""
only_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])


class Pair:
    """Two web processes, and somebody who is signed in."""

    def __init__(self, one: Server, other: Server) -> None:
        self.servers = (one, other)
        self._ports = cycle((one.port, other.port))
        self._stream = Stream(other, "?topics=posts")
        self._heard: list[dict[str, Any]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def connect(self) -> httpx.Client:
        """To one and the other in turn."""
        return client(next(self._ports))

    def check(self, *, whole: bool) -> None:
        """Sessions, pages, the live channel and limits; `whole` when Redis is there."""
        one, other = (client(server.port) for server in self.servers)
        with one, other:
            self._sign_in(one, other)
            self._check_page(one)
            wait_until(lambda: not whole or self._hears(one))
            assert one.post("/auth/logout").status_code == 303
            assert other.get("/dashboard").status_code == 303
        self._check_limit()

    def _sign_in(self, one: httpx.Client, other: httpx.Client) -> None:
        name = f"reader{time.monotonic_ns() % 10**12}"
        assert one.post("/auth/register", data=account(name)).status_code == 303
        login = {"email": f"{name}@example.org", "password": PASSWORD}
        assert one.post("/auth/login", data=login).status_code == 303
        other.cookies = one.cookies
        assert [at.get("/dashboard").status_code for at in (one, other)] == [200, 200]

    def _check_page(self, one: httpx.Client) -> None:
        """What one process was given the other shows to strangers."""
        with client(self.servers[1].port) as stranger:
            assert stranger.get("/").status_code == 200
            title = f"Seen from both {time.monotonic_ns()}"
            made = one.post("/posts/new", data={"title": title, "content": "Written on one, read on the other."})
            assert made.status_code == 303
            acknowledged = asked = time.monotonic()
            while title not in stranger.get("/").text:
                assert asked - acknowledged < STALE
                asked = time.monotonic()

    def _hears(self, one: httpx.Client) -> bool:
        """Whether a listener of the other process is told of a post; for a moment it may still be alone."""
        title = f"Heard on the other {time.monotonic_ns()}"
        made = one.post("/posts/new", data={"title": title, "content": "Written on one of them."})
        number = int(made.headers["Location"].split("/")[2])
        time.sleep(0.3)
        return any(event.get("post_id") == number for event in self._heard)

    def _check_limit(self) -> None:
        """An address of its own has not more calls than each of both would allow."""
        address = f"127.0.{time.monotonic_ns() % 250 + 1}.{time.monotonic_ns() // 250 % 250 + 1}"
        for server in self.servers:
            transport = httpx.HTTPTransport(local_address=address)
            with client(server.port, transport=transport) as calling:
                answers = [calling.get("/api/posts").status_code for _ in range(CALLS + 1)]
                assert set(answers) <= {200, 429}
                assert answers[-1] == 429

    def heard_of_a_gap(self) -> bool:
        return any(event["type"] == "reset" for event in self._heard)

    def forget(self) -> None:
        self._heard.clear()

    def _listen(self) -> None:
        while True:
            try:
                self._heard.append(self._stream.hear())
            except OSError:
                return


@contextmanager
def pair(folder: Path, database_url: str, redis: RedisServer) -> Iterator[Pair]:
    settings = {
        "REDIS_URL": redis.url,
        "RATE_LIMITS": "on",
        "LIMIT_API": f"{CALLS}/hour",
        "LIMIT_WRITE": "100000/minute",
        "LIMIT_REGISTER": "100000/hour",
        "LIMIT_LOGIN_ADDRESS": "100000/hour",
    }
    with running(folder, database_url, **settings) as one, running(folder, database_url, **settings) as other:
        yield Pair(one, other)


@only_postgresql
def test_a_redis_that_is_killed_hangs_and_comes_back(tmp_path: Path, database_url: str, redis: RedisServer, told: Told):
    with pair(tmp_path, database_url, redis) as shared:
        for fault, break_it, mend_it in (
            ("Redis killed and started again, two web processes", redis.kill, redis.start),
            ("Redis paused and going on, two web processes", redis.pause, redis.resume),
        ):
            load = Load(shared.connect)
            with load.going_on(*EVERYBODY):
                load.wait_for_more()
                shared.check(whole=True)
                shared.forget()
                break_it()
                try:
                    load.wait_for_more()
                    shared.check(whole=False)
                finally:
                    mend_it()
                wait_until(shared.heard_of_a_gap)
                shared.check(whole=True)
                load.wait_for_each()
            lost = load.lost(database_url)
            told(fault, load, lost)
            assert (lost, load.statuses - WELL) == ([], set())
