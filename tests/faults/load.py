"""People who go on whatever happens, and remember each answer they were given."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests import sql
from tests.live import PATIENCE
from tests.people import PASSWORD
from tests.waiting import wait_until

PAUSE = 0.02
"""Seconds between an answer and the next request."""
CUT = "cut"
"""In the place of a status, when the connection ended before the answer."""
CONTENT = "Written while something breaks."

_numbers = count(1)


@dataclass
class Load:
    """Accounts and titles are those whose making was acknowledged; `seen` counts what was done and answered."""

    connect: Callable[[], httpx.Client]
    accounts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    seen: Counter[tuple[str, int | str]] = field(default_factory=Counter)
    at: list[float] = field(default_factory=list)
    """When each writing was acknowledged, on the monotonic clock."""
    _ended: threading.Event = field(default_factory=threading.Event)
    _token: str = ""

    @contextmanager
    def going_on(self, *acts: str) -> Iterator[None]:
        """One client for each name: `register`, `publish`, `read` or `browse`."""
        self._token = self._signed_in()
        threads = [threading.Thread(target=self._act, args=(getattr(self, f"_{act}"), act)) for act in acts]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()

    def wait_for_more(self, writings: int = 10) -> None:
        """Until that many more were acknowledged."""
        enough = len(self.at) + writings
        wait_until(lambda: len(self.at) >= enough)

    def wait_for_each(self, times: int = 3) -> None:
        """Until each client was answered as it hoped to be, that many times from now on."""
        before = Counter(self.seen)
        hoped = {key for key in before if key[1] in {200, 201, 303}}
        wait_until(lambda: all(self.seen[key] >= before[key] + times for key in hoped))

    def lost(self, database_url: str) -> list[str]:
        """What was acknowledged and is not there."""
        names = {name for (name,) in sql.rows(database_url, "SELECT username FROM users")}
        titles = {title for (title,) in sql.rows(database_url, "SELECT title FROM posts")}
        return [name for name in self.accounts if name not in names] + [
            title for title in self.titles if title not in titles
        ]

    def count(self, status: int | str) -> int:
        return sum(number for (_, found), number in self.seen.items() if found == status)

    @property
    def statuses(self) -> set[int | str]:
        return {status for _, status in self.seen}

    @property
    def longest_pause(self) -> float:
        """Seconds between two writings that were acknowledged one after the other."""
        return max(later - earlier for earlier, later in zip(self.at, self.at[1:], strict=False))

    def _act(self, act: Callable[[httpx.Client], int], name: str) -> None:
        client = self.connect()
        while not self._ended.wait(PAUSE):
            try:
                self.seen[name, act(client)] += 1
            except httpx.TransportError:
                self.seen[name, CUT] += 1
                client.close()
                client = self.connect()
        client.close()

    def _register(self, client: httpx.Client) -> int:
        name = f"writer{next(_numbers)}"
        status = client.post("/auth/register", data=account(name), headers={"Cookie": ""}).status_code
        if status == 303:
            self.accounts.append(name)
            self.at.append(time.monotonic())
        return status

    def _publish(self, client: httpx.Client) -> int:
        title = f"Post number {next(_numbers)}"
        status = client.post("/api/posts", json={"title": title, "content": CONTENT}, headers=self.bearer).status_code
        if status == 201:
            self.titles.append(title)
            self.at.append(time.monotonic())
        return status

    def _read(self, client: httpx.Client) -> int:
        path = ("/", "/api/posts", "/auth/login")[next(_numbers) % 3]
        return client.get(path).status_code

    def _browse(self, client: httpx.Client) -> int:
        """What doesn't count as a call of the API."""
        return client.get(("/", "/auth/login")[next(_numbers) % 2]).status_code

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _signed_in(self) -> str:
        name = f"author{next(_numbers)}"
        with self.connect() as client:
            assert client.post("/auth/register", data=account(name)).status_code == 303
            self.accounts.append(name)
            given = {"email": f"{name}@example.org", "password": PASSWORD}
            return str(client.post("/api/tokens", json=given).json()["token"])


def account(name: str) -> dict[str, str]:
    return {
        "username": name,
        "email": f"{name}@example.org",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
    }


def client(port: int, **more: Any) -> httpx.Client:
    """Straight to a server, as patient as a browser."""
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False, **more)
