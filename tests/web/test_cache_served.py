"""Kept pages on a real server, as bytes on a connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.live import Reply, Server, get, request, running
from tests.waiting import wait_until


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    with running(tmp_path, database_url, BLOGAPP_ENV="development") as server:
        yield server


def test_one_connection_gets_page_head_and_nothing_new(server: Server) -> None:
    with closing(server.connect()) as connection:

        def ask(method: str, *headers: str) -> Reply:
            connection.sendall(request(method, "/", *headers))
            reply = Reply.read(connection, "HEAD" if reply_is_empty else method)
            assert reply.headers["content-security-policy"].startswith("default-src 'none'")
            return reply

        reply_is_empty = False
        first, second = ask("GET"), ask("GET")
        assert [one.headers["x-cache"] for one in (first, second)] == ["miss", "hit"]
        assert first.body == second.body
        assert int(second.headers["content-length"]) == len(second.body)
        reply_is_empty = True
        head = ask("HEAD")
        assert head.headers["content-length"] == second.headers["content-length"]
        known = ask("GET", f"If-None-Match: {first.headers['etag']}")
        assert known.status == 304
        assert not {"content-length", "content-type"} & known.headers.keys()
        reply_is_empty = False
        assert ask("GET").body == first.body


def test_many_requests_at_once_on_one_connection_are_answered_in_turn(server: Server) -> None:
    with closing(server.connect()) as connection:
        connection.sendall(get("/") * 20)
        bodies = {Reply.read(connection).body for _ in range(20)}
    assert len(bodies) == 1


def test_each_answer_has_its_line_in_the_log(server: Server) -> None:
    replies = [server.send(get("/", "X-Forwarded-For: 192.0.2.1", "User-Agent: reader")) for _ in range(2)]

    def lines() -> dict[str, dict[str, object]]:
        return {line["request_id"]: line for line in server.lines() if line["event"] == "request"}

    ids = {reply.headers["x-request-id"] for reply in replies}
    wait_until(lambda: ids <= lines().keys())  # a line follows the answer it tells of
    for reply in replies:
        line = lines()[reply.headers["x-request-id"]]
        assert (line["method"], line["path"], line["status"], line["bytes"]) == ("GET", "/", 200, len(reply.body))
        assert (line["client"], line["user_agent"]) == ("127.0.0.1", "reader")


def test_a_request_with_a_body_is_read_to_its_end(server: Server) -> None:
    with closing(server.connect()) as connection:
        for _ in range(2):
            connection.sendall(request("GET", "/", body=b"x" * 100))
            reply = Reply.read(connection)
            assert reply.status == 200
            assert "x-cache" not in reply.headers
