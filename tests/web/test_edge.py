"""The edge: which hosts are answered, who the client is, and what every answer carries."""

from __future__ import annotations

import secrets
from ipaddress import ip_address, ip_network
from typing import Any, cast

import pytest
from hypercorn.typing import HTTPScope
from hypothesis import given
from hypothesis import strategies as some
from quart import Quart, request

from blogapp.web import headers
from tests.people import Client

PRODUCTION = {
    "blogapp_env": "production",
    "secret_key": secrets.token_hex(),
    "allowed_hosts": "blog.example.org, .example.net, [::1]",
    "site_url": "https://blog.example.org",
    "trusted_proxies": "10.0.0.0/8",
}
NETWORKS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.fixture
def engine_name() -> str:
    """What is said here happens before the database is asked."""
    return "sqlite"


@pytest.fixture
def settings() -> dict[str, Any]:
    return PRODUCTION


HOSTS = {
    "blog.example.org": 200,
    "BLOG.example.ORG": 200,
    "blog.example.org:8443": 200,
    "blog.example.org.": 200,
    "example.net": 200,
    "deep.down.example.net": 200,
    "[::1]": 200,
    "[::1]:8000": 200,
    "example.org": 400,
    "other.blog.example.org": 400,
    "badexample.net": 400,
    "blog.example.org.evil.example": 400,
    "blog.example.org:80:80": 400,
    "blog.example.org:port": 400,
    "blog.example.org:999999": 400,
    "evil.example#blog.example.org": 400,
    "evil.example?blog.example.org": 400,
    "blog.example.org@evil.example": 400,
    "blog.example.org, evil.example": 400,
    "": 400,
    " ": 400,
    ".": 400,
    "b\xe4cher.example.net": 400,
    "a" * 300 + ".example.net": 400,
}


async def test_only_the_hosts_of_this_blog_are_answered(client: Client, subtests: pytest.Subtests):
    for host, status in HOSTS.items():
        with subtests.test(host=host):
            answer = await client.get("/", headers={"Host": host})
            assert answer.status_code == status


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/posts", "application/problem+json")])
async def test_a_query_of_other_bytes_than_ascii_is_refused(client: Client, path: str, kind: str):
    answer = await client.get(path, headers={"Host": "example.net"}, scope_base={"query_string": b"page=\xff"})
    assert (answer.status_code, answer.mimetype) == (400, kind)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_read_over_http_2_is_answered_when_its_unannounced_body_is_whole(app: Quart, method: str):
    chunks = [{"type": "http.request", "body": b"x", "more_body": more} for more in [True] * 20 + [False]]
    left: list[int] = []

    async def receive() -> Any:
        return chunks.pop(0) if chunks else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        left.append(len(chunks))

    request = {"type": "http", "http_version": "2", "method": method, "scheme": "https"}
    where = {"path": "/livez", "raw_path": b"/livez", "query_string": b"", "root_path": ""}
    headers = [(b"host", b"example.net")]
    scope = {**request, **where, "asgi": {}, "headers": headers, "extensions": {}}
    await app(cast(HTTPScope, scope), receive, send)
    assert left
    assert not any(left)


async def test_probes_are_answered_under_any_host_name(client: Client):
    for path in ("/livez", "/readyz"):
        assert (await client.get(path, headers={"Host": "10.1.2.3:8000"})).status_code == 200
        assert (await client.get(path, headers={"Host": "no/host"})).status_code == 400


async def test_every_answer_of_production_is_closed_to_what_pages_do_not_need(
    client: Client, subtests: pytest.Subtests
):
    for path in ("/", "/nothing", "/api/posts", "/api/nothing", "/static/css/blog.css", "/livez", "/auth/logout"):
        with subtests.test(path=path):
            answer = await client.get(path, headers={"Host": "blog.example.org"})
            found = answer.headers
            policy = dict(part.split(" ", 1) for part in found["Content-Security-Policy"].split("; "))
            assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
            assert policy["frame-ancestors"] == "'none'"
            assert "unsafe" not in found["Content-Security-Policy"]
            assert "http" not in found["Content-Security-Policy"]
            assert found["X-Content-Type-Options"] == "nosniff"
            assert found["Referrer-Policy"] == "strict-origin-when-cross-origin"
            assert int(found["Strict-Transport-Security"].split(";")[0].removeprefix("max-age=")) >= 31536000
            assert "Server" not in found
            assert "X-Powered-By" not in found
            assert all(len(found.getlist(name)) == 1 for name in ("X-Request-ID", "Content-Security-Policy"))


@pytest.mark.parametrize("settings", [{}])
async def test_development_does_not_insist_on_https(client: Client):
    assert "Strict-Transport-Security" not in (await client.get("/")).headers


async def test_only_trusted_proxies_say_that_it_was_https(app: Quart):
    @app.get("/where")
    async def where() -> str:
        return request.scheme

    for peer, proto, scheme in (
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "HTTPS", "https"),
        ("10.0.0.1", "javascript", "http"),
        ("192.0.2.1", "https", "http"),
    ):
        answer = await app.test_client().get(
            "/where",
            headers={"Host": "blog.example.org", "X-Forwarded-Proto": proto},
            scope_base={"client": (peer, 1)},
        )
        assert await answer.get_data(as_text=True) == scheme


ANYTHING = some.text(alphabet=some.characters(max_codepoint=255))
ADDRESSES = some.ip_addresses().map(str)


@given(ANYTHING)
def test_a_host_that_is_allowed_has_nothing_but_a_name_and_a_port(host: str):
    if headers.host_is_allowed(host, ()):
        assert host.isascii()
        assert not set(host) & set(" /\\@?#%\t\r\n\0\"'<>")


@given(ANYTHING)
def test_a_host_that_is_not_named_is_not_allowed(host: str):
    allowed = headers.host_is_allowed(host, ("blog.example.org", ".example.net"))
    name = host.lower().partition(":")[0].rstrip(".")
    assert not allowed or name in {"blog.example.org", "example.net"} or name.endswith(".example.net")


@given(ANYTHING)
def test_any_origin_can_be_read(origin: str):
    found = headers.host_of(origin)
    assert found is None or found


@given(some.binary())
def test_a_name_of_a_request_is_safe_to_repeat(given_id: bytes):
    found = headers.request_id_of(given_id)
    assert found is None or (0 < len(found) <= 64 and found.isascii() and found.isprintable() and " " not in found)


@given(ANYTHING | ADDRESSES, some.lists(ANYTHING | ADDRESSES | some.lists(ADDRESSES).map(", ".join)))
def test_a_client_behind_proxies_is_an_address_whatever_they_say(peer: str, lines: list[str]):
    found = headers.true_client(peer, [line.encode("latin-1", "replace") for line in lines], NETWORKS)
    if found != peer:
        assert str(ip_address(found or "")) == found
        assert headers.is_trusted(peer, NETWORKS)


@given(ADDRESSES, some.lists(ADDRESSES))
def test_a_peer_that_is_no_proxy_is_the_client(peer: str, hops: list[str]):
    if not headers.is_trusted(peer, NETWORKS):
        assert headers.true_client(peer, [", ".join(hops).encode()], NETWORKS) == peer
