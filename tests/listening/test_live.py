"""Live updates of a real server: who hears what, who is let go, and how it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from wsproto.events import BytesMessage, TextMessage

from tests.listening.listeners import PATH, Socket, Stream, close
from tests.live import PATIENCE, Server, get, running
from tests.people import PASSWORD
from tests.waiting import wait_until

TEXT = "The sea was out, and the whole beach lay open like a book."
FEW = {"LIVE_CONNECTIONS": "5", "LIVE_CONNECTIONS_EACH": "3", "RATE_LIMITS": "on"}
SCRIPT = """
import sys
from blogapp.cli import main
from blogapp.live import hub
hub.HEARTBEAT = hub.CHECK_EVERY = 0.3
sys.argv = ['blogapp', 'serve', '--port', '{port}']
main()
"""
QUICK = ("-c", SCRIPT)


class Blog:
    def __init__(self, server: Server) -> None:
        self.server = server
        self._client = httpx.Client(base_url=server.url, timeout=PATIENCE)
        given = {"email": "ada@example.org", "password": PASSWORD, "name": "tests"}
        token = self._client.post("/api/tokens", json=given).json()["token"]
        self.authorization = f"Bearer {token}"
        self._client.headers["Authorization"] = self.authorization

    def close(self) -> None:
        self._client.close()

    def write(self, title: str = "What the tide left behind") -> Any:
        made = self._client.post("/api/posts", json={"title": title, "content": TEXT})
        assert made.status_code == 201, made.text
        return made.json()

    def edit(self, post: Any, title: str) -> None:
        assert self._client.patch(f"/api/posts/{post['id']}", json={"title": title}).status_code == 200

    def delete(self, post: Any) -> None:
        assert self._client.delete(f"/api/posts/{post['id']}").status_code == 200

    def revoke(self) -> None:
        [token] = self._client.get("/api/tokens").json()["tokens"]
        assert self._client.delete(f"/api/tokens/{token['id']}").status_code == 200


@contextmanager
def blog_in(folder: Path, migrated: Path, **settings: Any) -> Iterator[Blog]:
    (folder / "blog.db").write_bytes(migrated.read_bytes())
    url = f"sqlite:///{folder}/blog.db"
    with running(folder, url, **settings) as server:
        server.register("ada")
        blog = Blog(server)
        yield blog
        blog.close()


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Blog]:
    with blog_in(tmp_path_factory.mktemp("blog"), migrated_file) as blog:
        yield blog


@pytest.fixture(params=[Socket, Stream])
def kind(request: pytest.FixtureRequest) -> Any:
    """Both hear the same."""
    return request.param


def ready(kind: Any, blog: Blog, query: str = "") -> Any:
    listener = kind(blog.server, query)
    assert listener.hear()["type"] == "ready"
    return listener


def test_listeners_hear_of_a_post_from_its_beginning_to_its_end(blog: Blog, kind: Any) -> None:
    listener = ready(kind, blog)
    post = blog.write()
    made = listener.hear()
    assert made["type"] == "post.created"
    assert (made["post_id"], made["title"], made["url"]) == (post["id"], post["title"], post["url"])
    assert (made["author"], made["author_id"]) == ("ada", post["author_id"])
    assert set(made["topics"]) == {"posts", f"post:{post['id']}", f"user:{post['author_id']}"}
    assert TEXT not in json.dumps(made)
    blog.edit(post, "What the tide brought back")
    edited = listener.hear()
    assert (edited["type"], edited["url"]) == ("post.updated", f"/posts/{post['id']}/what-the-tide-brought-back")
    blog.delete(post)
    assert listener.hear()["type"] == "post.deleted"
    close(listener)


def test_only_what_was_asked_for_is_heard(blog: Blog, kind: Any) -> None:
    mine, other = blog.write(), blog.write()
    of_post = ready(kind, blog, f"?topics=post:{mine['id']}")
    of_author = ready(kind, blog, f"?topics=user:{mine['author_id']},post:{mine['id']}")
    blog.edit(other, "Somebody else's title")
    blog.edit(mine, "A title of my own")
    assert of_post.hear()["title"] == "A title of my own"
    assert [of_author.hear()["title"] for _ in range(2)] == ["Somebody else's title", "A title of my own"]
    close(of_post, of_author)


def test_who_comes_back_hears_what_was_missed(blog: Blog, kind: Any) -> None:
    first = kind(blog.server)
    start = first.hear()["id"]
    close(first)
    titles = ["Missed number one", "Missed number two"]
    for title in titles:
        blog.write(title)
    again = kind(blog.server, f"?since={start}")
    heard = [again.hear() for _ in range(3)]
    assert [event.get("title") for event in heard] == [*titles, None]
    assert heard[2] == {"type": "ready", "id": heard[1]["id"]}
    close(again)


def test_the_header_of_browsers_counts_as_well(blog: Blog) -> None:
    start = Stream(blog.server).hear()["id"]
    blog.write("Missed by a browser")
    stream = Stream(blog.server, "", f"Last-Event-ID: {start}")
    assert stream.hear()["title"] == "Missed by a browser"
    close(stream)


def test_who_was_away_for_too_long_is_told_to_look_again(blog: Blog, kind: Any) -> None:
    listener = kind(blog.server, "?since=1-0")
    assert listener.hear()["type"] == "reset"
    blog.write("After the reset")
    assert listener.hear()["title"] == "After the reset"
    close(listener)


@pytest.mark.parametrize(
    "query", ["?topics=", "?topics=post:x", "?topics=posts,,", "?since=yesterday", "?topics=a&topics=b"]
)
def test_what_makes_no_sense_is_refused(blog: Blog, query: str) -> None:
    reply = blog.server.send(get(PATH + query, "Accept: text/event-stream"))
    assert reply.status in {400, 422}
    assert reply.problem["code"] in {"bad_request", "invalid"}
    socket = Socket(blog.server, query)
    assert socket.closed() == (1008, reply.problem["detail"])
    close(socket)


def test_a_plain_request_is_told_how_to_ask(blog: Blog) -> None:
    reply = blog.server.send(get(PATH))
    assert (reply.status, reply.problem["code"]) == (406, "not_acceptable")


def test_a_bad_token_is_refused(blog: Blog) -> None:
    assert Stream(blog.server, "", "Authorization: Bearer blog_pat_guess").status == 401
    assert Socket(blog.server, "", ("Authorization", "Bearer blog_pat_guess")).closed()[0] == 1008


def test_a_page_of_another_site_gets_no_socket(blog: Blog) -> None:
    assert Socket(blog.server, "", ("Origin", "https://elsewhere.example")).is_rejected
    same = Socket(blog.server, "", ("Origin", "http://127.0.0.1"))
    assert same.is_open
    close(same)


def test_streams_pass_through_proxies_at_once(blog: Blog) -> None:
    stream = Stream(blog.server)
    assert "content-type: text/event-stream" in stream.headers
    assert "x-accel-buffering: no" in stream.headers
    assert "cache-control: no-store" in stream.headers
    assert "content-length" not in stream.headers
    close(stream)


def test_nothing_is_compressed_for_a_socket(blog: Blog) -> None:
    asked = Socket(blog.server, "", ("Sec-WebSocket-Extensions", "permessage-deflate"))
    assert asked.is_open
    assert asked.answer.extensions == []
    close(asked)


def test_a_listener_that_says_too_much_is_shown_out(blog: Blog) -> None:
    talker = ready(Socket, blog)
    talker.say(BytesMessage(data=b""))
    for _ in range(70):
        talker.say(TextMessage(data="hello?"))
    assert talker.closed()[0] == 1008
    long = ready(Socket, blog)
    long.say(TextMessage(data="x" * 2000))
    assert long.closed()[0] == 1009
    longer = ready(Socket, blog)
    longer.say(TextMessage(data="x" * 100_000))
    assert longer.closed()[0] == 1009


def test_there_is_room_for_so_many_and_who_leaves_makes_room(tmp_path: Path, migrated_file: Path) -> None:
    with blog_in(tmp_path, migrated_file, **FEW) as blog:
        mine = [ready(kind, blog) for kind in (Socket, Stream, Stream)]
        full = blog.server.send(get(PATH, "Accept: text/event-stream"))
        assert (full.status, full.headers["retry-after"]) == (429, "10")
        assert Socket(blog.server).closed()[0] == 1013
        ada = f"Authorization: {blog.authorization}"
        others = [Stream(blog.server, "", ada) for _ in range(2)]
        assert [one.status for one in others] == [200, 200]
        assert blog.server.send(get(PATH, "Accept: text/event-stream", ada)).status == 503
        started = time.monotonic()
        close(*mine, *others)
        wait_until(lambda: Stream(blog.server).status == 200)
        assert time.monotonic() - started < 10


def test_without_limits_one_client_may_have_all_the_room(tmp_path: Path, migrated_file: Path) -> None:
    with blog_in(tmp_path, migrated_file, **FEW | {"RATE_LIMITS": "off"}) as blog:
        mine = [ready(kind, blog) for kind in (Socket, Stream, Socket, Stream, Socket)]
        assert blog.server.send(get(PATH, "Accept: text/event-stream")).status == 503
        close(*mine)


def test_a_stop_ends_all_of_it_at_once(tmp_path: Path, migrated_file: Path) -> None:
    with blog_in(tmp_path, migrated_file) as blog:
        socket, stream = ready(Socket, blog), ready(Stream, blog)
        started = time.monotonic()
        assert blog.server.stop() == 0
        assert time.monotonic() - started < 5
        assert socket.closed()[0] == 1012
        assert stream.rest() == b""
        assert blog.server.lines()[-1]["in_time"] is True
        assert [line for line in blog.server.lines() if line["level"] == "error"] == []


def test_listeners_are_kept_awake_and_only_as_long_as_they_may_listen(tmp_path: Path, migrated_file: Path) -> None:
    with blog_in(tmp_path, migrated_file, command=QUICK) as blog:
        nobody = ready(Stream, blog)
        assert nobody.block() == ": still here"
        ada = Socket(blog.server, "", ("Authorization", blog.authorization))
        assert ada.hear()["type"] == "ready"
        stream = Stream(blog.server, "", f"Authorization: {blog.authorization}")
        blog.revoke()
        assert ada.closed()[0] == 1008
        stream.rest()
        assert nobody.block() == ": still here"
