"""A WebSub hub hears which feeds have changed: a real one, as far as publishers see of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import feedparser
import pytest
from quart import Quart

from tests.people import Client, Person, bearer
from tests.posts import make
from tests.waiting import until

SITE = "https://blog.example.org"
FORMATS = ("atom", "rss", "json")


class Hub(ThreadingHTTPServer):
    refuses = 0
    """How many requests it has yet to refuse."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.told: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if self.server.refuses:
            self.server.refuses -= 1
            self.send_response(503)
        else:
            assert form["hub.mode"] == ["publish"]
            self.server.told += form["hub.url"]
            self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Not on the terminal."""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        yield hub
        hub.shutdown()


@pytest.fixture
def settings(hub: Hub) -> dict[str, Any]:
    return {"tasks": "on", "websub_hub": hub.url, "site_url": SITE, "task_wait": 0.05}


def feeds(*places: str) -> set[str]:
    return {f"{SITE}{place}/feed.{kind}" for place in places for kind in FORMATS}


async def test_it_hears_of_all_feeds_that_show_a_post(app: Quart, ada: Person, hub: Hub):
    await make.post(app, ada, tags=["Low tide", "Sand"], new_series="Letters")
    expected = feeds("", "/users/ada", "/tags/low-tide", "/tags/sand", "/series/letters")
    await until(lambda: set(hub.told) == expected)
    assert len(hub.told) == len(expected)


async def test_it_hears_of_changes_and_of_what_is_taken_back_but_of_no_draft(
    app: Quart, client: Client, ada: Person, hub: Hub
):
    headers = await bearer(app, ada)
    await make.post(app, ada, state="draft")
    for change in ({"title": "Still a draft"}, {"state": "published"}, {"title": "Another"}, {"state": "private"}):
        assert (await client.patch("/api/posts/1", json=change, headers=headers)).status_code == 200
    number = 3 * len(feeds("", "/users/ada"))
    await until(lambda: len(hub.told) == number)


async def test_one_that_is_away_is_told_again(app: Quart, ada: Person, hub: Hub):
    hub.refuses = 3
    await make.post(app, ada)
    await until(lambda: set(hub.told) == feeds("", "/users/ada"))


async def test_feeds_name_it(app: Quart, client: Client, ada: Person, hub: Hub):
    await make.post(app, ada)
    for kind in FORMATS:
        answer = await client.get(f"/users/ada/feed.{kind}")
        assert answer.headers["Link"] == f'<{hub.url}>; rel="hub", <{SITE}/users/ada/feed.{kind}>; rel="self"'
        if kind == "json":
            assert (await answer.get_json(force=True))["hubs"] == [{"type": "WebSub", "url": hub.url}]
        else:
            links = {link["rel"]: link["href"] for link in feedparser.parse(await answer.get_data()).feed.links}
            assert links["hub"] == hub.url
            assert links["self"] == f"{SITE}/users/ada/feed.{kind}"


async def test_feeds_of_comments_name_none(app: Quart, client: Client, ada: Person, hub: Hub):
    assert "Link" not in (await client.get("/comments/feed.atom")).headers
    assert hub.url not in await (await client.get("/comments/feed.atom")).get_data(as_text=True)
