"""Input no browser sends, at a real server: a refusal at the right door in no time, never a 500, never silence."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.live import JSON, SERVE, STOCK, Reply, Server, get, request, running

FORM = "Content-Type: application/x-www-form-urlencoded"
MULTIPART = "Content-Type: multipart/form-data; boundary=x"
SOCKET = (
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
MIB = 1024 * 1024


@pytest.fixture(scope="module", params=[SERVE, STOCK], ids=["serve", "hypercorn"])
def server(request: pytest.FixtureRequest, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("server")
    (folder / "blog.db").write_bytes(migrated_file.read_bytes())
    with running(folder, f"sqlite:///{folder}/blog.db", command=request.param) as server:
        yield server
        _assert_nothing_broke(server)


def _assert_nothing_broke(server: Server) -> None:
    assert server.process.poll() is None
    assert [line for line in server.lines() if line["level"] == "error" or line.get("status", 0) >= 500] == []
    assert "Traceback" not in server.log.read_text()


def form(path: str, body: bytes, kind: str = FORM) -> bytes:
    return request("POST", path, kind, body=body)


def part(name: str, value: bytes) -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"


PAGES = {
    "empty host": (400, get("/", host="")),
    "host with a space": (400, get("/", host="a b")),
    "host with a slash": (400, get("/", host="a/b")),
    "host with a user": (400, get("/", host="a@b")),
    "HTTP/1.0 without a host": (400, b"GET / HTTP/1.0\r\n\r\n"),
    "query without a path": (400, get("?x")),
    "address of another site": (400, get("http://example.org/")),
    "address that is none": (400, get("http://[")),
    "no address": (400, request("OPTIONS", "*")),
    "long address": (414, get("/" + "a" * 9000)),
    "long header": (431, get("/", "X-Long: " + "a" * 20_000)),
    "many headers": (431, get("/", *["X-Many: a"] * 200)),
    "path that is not UTF-8": (404, get("/users/%ff%fe")),
    "NUL in a path": (404, get("/users/%00")),
    "line feed in a path": (404, get("/users/ada%0aevil")),
    "path upwards": (404, get("/static/../../etc/passwd")),
    "path upwards, encoded": (404, get("/static/%2e%2e/%2e%2e/etc/passwd")),
    "double slash": (404, get("//example.org")),
    "query that is not UTF-8": (400, get("/?page=%ff")),
    "query with many names": (400, get("/?" + "a&" * 500)),
    "id beyond 64 bits": (404, get("/posts/99999999999999999999")),
    "id of 400 digits": (404, get("/posts/" + "9" * 400)),
    "page beyond 64 bits": (404, get("/?page=99999999999999999999")),
    "page of 5,000 digits": (404, get("/?page=" + "9" * 5000)),
    "page that is no number": (422, get("/?page=two")),
    "unknown method": (405, request("FOO", "/")),
    "TRACE": (405, request("TRACE", "/")),
    "CONNECT": (405, request("CONNECT", "/")),
    "origin that is none": (403, request("POST", "/auth/login", FORM, "Origin: http://[", body=b"a=b")),
    "form that is not UTF-8": (400, form("/auth/login", b"email=%ff&password=x")),
    "lone surrogate in a form": (400, form("/auth/login", b"email=%ED%A0%80&password=x")),
    "field given twice": (400, form("/auth/login", b"email=a&email=b&password=x")),
    "3,000 fields": (400, form("/auth/login", b"&".join(b"f%d=1" % i for i in range(3000)))),
    "1 MB of fields": (400, form("/auth/login", b"a&" * 500_000)),
    "form of an unknown kind": (415, form("/auth/login", b"<a/>", "Content-Type: text/xml")),
    "parts without a boundary": (422, form("/auth/login", b"abc", "Content-Type: multipart/form-data")),
    "no parts": (422, form("/auth/login", b"abc", MULTIPART)),
    "3,000 parts": (
        413,
        form("/auth/login", b"".join(part(f"f{i}", b"1") for i in range(3000)) + b"--x--\r\n", MULTIPART),
    ),
    "part of line ends": (413, form("/auth/login", part("a", b"\r" * MIB) + b"--x--\r\n", MULTIPART)),
    "file of line ends": (422, form("/auth/login", part('a"; filename="a', b"\r" * MIB) + b"--x--\r\n", MULTIPART)),
    "large part": (413, form("/auth/login", part("email", b"a" * MIB) + b"--x--\r\n", MULTIPART)),
    "body over the limit": (413, form("/auth/login", b"a" * (6 * MIB))),
    "body announced over the limit": (413, request("POST", "/auth/login", FORM, "Content-Length: 90000000000")),
}

PROBLEMS = {
    "host with a space": (400, get("/api/posts", host="a b")),
    "long query": (414, get("/api/posts?" + "a" * 9000)),
    "long header": (431, get("/api/posts", "X-Long: " + "a" * 20_000)),
    "query that is not UTF-8": (400, get("/api/posts?page=%ff")),
    "id beyond 64 bits": (404, get("/api/posts/99999999999999999999")),
    "page beyond 64 bits": (404, get("/api/posts?page=99999999999999999999")),
    "page below one": (404, get("/api/posts?page=-1&per_page=99999999999999999999")),
    "page size of nothing": (422, get("/api/posts?per_page=0")),
    "unknown method": (405, request("PROPFIND", "/api/posts")),
    "unknown address": (404, get("/api/nothing")),
    "below the base": (404, get("/api/")),
    "token that is not ASCII": (401, get("/api/posts", "Authorization: Bearer \xff\x80")),
    "other authorization": (401, get("/api/posts", "Authorization: Basic !!!")),
    "JSON of 10,000 levels": (400, form("/api/tokens", b"[" * 10_000 + b"]" * 10_000, JSON)),
    "JSON with NaN": (400, form("/api/tokens", b'{"name": NaN}', JSON)),
    "JSON with Infinity": (400, form("/api/tokens", b'{"name": -Infinity}', JSON)),
    "JSON that is not UTF-8": (400, form("/api/tokens", b'{"name": "\xff"}', JSON)),
    "lone surrogate in JSON": (400, form("/api/tokens", b'{"name": "\\ud800"}', JSON)),
    "number of 5,000 digits": (400, form("/api/tokens", b'{"expires_in_days": ' + b"9" * 5000 + b"}", JSON)),
    "number beyond 64 bits": (422, form("/api/tokens", b'{"expires_in_days": 99999999999999999999}', JSON)),
    "name given twice": (422, form("/api/tokens", b'{"name": "a", "name": "b"}', JSON)),
    "unknown name": (422, form("/api/tokens", b'{"is_admin": true}', JSON)),
    "30,000 names, the last one twice": (
        400,
        form("/api/tokens", b"{" + b"".join(b'"k%d":1,' % i for i in range(30_000)) + b'"k29999":1}', JSON),
    ),
    "JSON that is no object": (422, form("/api/tokens", b"[]", JSON)),
    "nothing": (400, form("/api/tokens", b" ", JSON)),
    "another kind of body": (415, form("/api/tokens", b"name=a", FORM)),
    "kind that is none": (415, form("/api/tokens", b"{}", "Content-Type: \xff/x; charset=bogus; boundary")),
    "body over the limit": (413, form("/api/tokens", b" " * (6 * MIB), JSON)),
    "body announced over the limit": (413, request("POST", "/api/tokens", JSON, "Content-Length: 90000000000")),
}

BARE = {
    "no host": (400, b"GET / HTTP/1.1\r\n\r\n"),
    "two hosts": (400, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    "NUL in the address": (400, get("/\x00")),
    "address that is not ASCII": (400, get("/caf\xe9")),
    "what is no HTTP": (400, b"\x16\x03\x01\x02\x00hello\r\n\r\n"),
    "unknown transfer encoding": (501, request("POST", "/", "Transfer-Encoding: gzip")),
    "lengths that differ": (400, request("POST", "/", "Content-Length: 1", "Content-Length: 2")),
    "length below nothing": (400, request("POST", "/", "Content-Length: -1")),
}
"""What the server refuses before the application could make a page of it."""

SOCKETS = {
    "nothing there": (404, get("/nothing", *SOCKET)),
    "a page is there": (400, get("/", *SOCKET)),
    "own origin": (404, get("/nothing", *SOCKET, "Origin: http://127.0.0.1")),
    "another origin": (403, get("/nothing", *SOCKET, "Origin: http://example.org")),
    "another port": (403, get("/nothing", *SOCKET, "Origin: http://127.0.0.1:81")),
    "origin that is none": (403, get("/nothing", *SOCKET, "Origin: null")),
    "a cookie without its origin": (403, get("/nothing", *SOCKET, "Cookie: blogapp_auth=x")),
    "host with a space": (403, get("/nothing", *SOCKET, host="a b")),
    "query without a path": (403, get("?x", *SOCKET)),
    "no key": (400, get("/", *SOCKET[:3])),
    "another version": (400, get("/", *SOCKET[:2], "Sec-WebSocket-Version: 9", SOCKET[3])),
}


@pytest.mark.parametrize(("status", "raw"), PAGES.values(), ids=PAGES)
def test_pages_refuse_with_a_page(server: Server, status: int, raw: bytes):
    reply = server.send(raw)
    assert reply.status == status
    assert reply.is_page
    assert b"</html>" in reply.body


@pytest.mark.parametrize(("status", "raw"), PROBLEMS.values(), ids=PROBLEMS)
def test_the_api_refuses_with_a_problem(server: Server, status: int, raw: bytes):
    reply = server.send(raw)
    assert reply.status == status
    assert reply.problem["status"] == status


@pytest.mark.parametrize(("status", "raw"), BARE.values(), ids=BARE)
def test_what_is_no_request_is_refused(server: Server, status: int, raw: bytes):
    assert server.send(raw).status == status


@pytest.mark.parametrize(("status", "raw"), SOCKETS.values(), ids=SOCKETS)
def test_sockets_are_refused_cleanly(server: Server, status: int, raw: bytes):
    assert server.send(raw).status == status


@pytest.mark.parametrize(
    "raw",
    [
        get("/", "Cookie: blogapp_auth=zzz.zzz; blogapp_session=eyJ.x.y; =;;==\xff"),
        get("/", "Accept: " + "a/b;q=x," * 500, "Accept-Language: ;;;q=9e999"),
        get("/", "Range: bytes=0-99999999999999999999", 'If-None-Match: "', "If-Modified-Since: yesterday"),
        get("/", "X-Forwarded-For: a, b", "X-Forwarded-Proto: javascript", "Forwarded: for=evil;host=evil"),
        get("/", "X-Request-ID: evil\x1b[31m", "X-HTTP-Method-Override: DELETE"),
        b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    ],
    ids=["cookies", "accept", "conditions", "forwarded", "request id", "HTTP/1.0"],
)
def test_odd_headers_are_ignored(server: Server, raw: bytes):
    assert server.send(raw).status == 200


@pytest.mark.parametrize(("path", "kind"), [("/auth/login", FORM), ("/api/tokens", JSON)], ids=["page", "problem"])
def test_an_endless_body_is_cut_early_and_told_why(server: Server, path: str, kind: str):
    size, sent, before = 300 * MIB, 0, _memory(server)
    with closing(server.connect()) as connection:
        connection.sendall(request("POST", path, kind, "Transfer-Encoding: chunked"))
        try:
            while sent < size:
                connection.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
                sent += 65536
        except ConnectionError:
            pass
        reply = Reply.read(connection)
    assert reply.status == 413
    assert reply.headers["connection"] == "close"
    assert sent < size / 4
    assert _memory(server) - before < 48 * MIB


def test_a_client_that_waits_for_the_answer_gets_it_with_its_body_half_sent(server: Server):
    with closing(server.connect()) as connection:
        connection.sendall(request("POST", "/auth/login", FORM, "Content-Length: 6000000") + b"a" * 100_000)
        assert Reply.read(connection).status == 413
        assert connection.recv(1) == b""


def test_a_client_that_asks_first_is_told_without_sending(server: Server):
    with closing(server.connect()) as connection:
        connection.sendall(request("POST", "/auth/login", FORM, "Content-Length: 6000000", "Expect: 100-continue"))
        assert Reply.read(connection).status == 100
        assert Reply.read(connection).status == 413


def test_requests_in_one_packet_are_answered_in_order(server: Server):
    with closing(server.connect()) as connection:
        connection.sendall(get("/livez") * 20 + get("/nothing") + get("/livez", "Connection: close"))
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    statuses = [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200] * 20 + [404, 200]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (get("/"), 200),
        (form("/auth/login", b"email=a&password=b"), 401),
        (request("POST", "/auth/login", FORM, "Content-Length: 100") + b"abc", 400),
    ],
    ids=["page", "form", "half a form"],
)
def test_a_client_that_only_closed_its_side_is_answered(server: Server, raw: bytes, status: int):
    assert server.send(raw, half_close=True).status == status


def test_clients_that_leave_at_any_moment_leave_nothing_behind(server: Server):
    login = form("/auth/login", b"email=a%40example.org&password=b")
    for length in range(1, len(login), 7):
        with closing(server.connect()) as connection:
            connection.sendall(login[:length])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert server.send(login).status == 401


def test_an_offer_of_http2_does_no_harm(server: Server):
    offer = get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    assert server.send(offer).status in {101, 200}
    assert server.send(get("/")).status == 200


def _memory(server: Server) -> int:
    """Bytes the server holds in memory."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


@pytest.fixture(scope="module")
def impatient(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits half a second for a body."""
    folder = tmp_path_factory.mktemp("impatient")
    (folder / "blog.db").write_bytes(migrated_file.read_bytes())
    with running(folder, f"sqlite:///{folder}/blog.db", BODY_TIMEOUT="0.5") as server:
        yield server
        _assert_nothing_broke(server)


@pytest.mark.parametrize(("path", "kind"), [("/auth/login", FORM), ("/api/tokens", JSON)], ids=["page", "problem"])
def test_a_body_that_does_not_come_is_given_up(impatient: Server, path: str, kind: str):
    with closing(impatient.connect()) as connection:
        connection.sendall(request("POST", path, kind, "Content-Length: 100") + b"a")
        reply = Reply.read(connection)
        assert reply.status == 408
        assert reply.is_page or reply.problem["code"] == "body_timeout"
        assert connection.recv(1) == b""
