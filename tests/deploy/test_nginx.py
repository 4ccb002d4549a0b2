from __future__ import annotations

import re
from collections.abc import Iterator
from http.client import HTTPResponse

import httpx
import pytest

from blogapp.web.kinds import BY_CODE
from tests.deploy.answers import check_error
from tests.deploy.assets import STATIC, hashed
from tests.deploy.nginx import HOST, SITE, Proxy
from tests.deploy.recorder import HANGS_UP, SILENT, Recorder

LIMIT = 5 * 1024 * 1024


def test_https_answers_and_hides_the_servers_version(client: httpx.Client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["Server"] == "nginx"


def test_plain_http_leads_to_https(nginx: Proxy) -> None:
    response = httpx.get(f"http://127.0.0.1:{nginx.http}/posts/1?page=2", headers={"Host": HOST})
    assert response.status_code == 301
    assert response.headers["Location"] == f"https://{HOST}/posts/1?page=2"


def test_certificate_challenges_are_answered_over_plain_http(nginx: Proxy) -> None:
    challenge = nginx.folder / ".well-known" / "acme-challenge" / "token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("answer")
    response = httpx.get(f"http://127.0.0.1:{nginx.http}/.well-known/acme-challenge/token", headers={"Host": HOST})
    assert (response.status_code, response.text) == (200, "answer")


def test_what_a_client_claims_about_itself_never_arrives(client: httpx.Client, instances: Recorder) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.7, 127.0.0.1",
        "X-Real-IP": "203.0.113.7",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/elsewhere",
        "Forwarded": "for=203.0.113.7",
    }
    client.get("/", headers=claims)
    request = instances.last()
    assert request.all("Host") == [HOST]
    assert request.all("X-Forwarded-For") == ["127.0.0.1"]
    assert request.all("X-Real-IP") == ["127.0.0.1"]
    assert request.all("X-Forwarded-Proto") == ["https"]
    assert not request.all("X-Forwarded-Host") + request.all("X-Forwarded-Port") + request.all("X-Forwarded-Prefix")
    assert not request.all("Forwarded")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("order-66.a_b", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("two words", False),
        ("<script>", False),
        ("", False),
    ],
)
def test_a_plain_request_id_is_kept_and_any_other_replaced(
    client: httpx.Client, instances: Recorder, given: str, kept: bool
) -> None:
    client.get("/", headers={"X-Request-ID": given})
    [arrived] = instances.last().all("X-Request-ID")
    assert arrived == given if kept else re.fullmatch("[0-9a-f]{32}", arrived)


def test_connections_to_instances_are_kept_open(client: httpx.Client, instances: Recorder) -> None:
    client.get("/")
    assert instances.last().all("Connection") == []


def test_a_websocket_passes(nginx: Proxy, instances: Recorder) -> None:
    with nginx.connection() as connection:
        connection.sendall(_upgrade("websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
        assert connection.recv(4096).startswith(b"HTTP/1.1 101 ")
        request = instances.last()
        assert (request.all("Upgrade"), request.all("Connection")) == (["websocket"], ["upgrade"])
        assert request.all("Sec-WebSocket-Key")
        connection.sendall(b"and back")
        assert connection.recv(4096) == b"and back"


@pytest.mark.parametrize("protocol", ["h2c", "H2C", "websocket, h2c", "TLS/1.0", "h2c, websocket"])
def test_no_other_upgrade_passes(nginx: Proxy, instances: Recorder, protocol: str) -> None:
    with nginx.connection() as connection:
        connection.sendall(_upgrade(protocol, "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    request = instances.last()
    assert not request.all("Upgrade") + request.all("Connection") + request.all("HTTP2-Settings")


def test_what_is_read_is_asked_again_of_another_instance(client: httpx.Client, instances: Recorder) -> None:
    before = len(instances.requests)
    assert client.get(HANGS_UP).status_code == 503
    assert len(instances.requests) - before > 1


def test_what_was_sent_is_never_sent_twice(client: httpx.Client, instances: Recorder) -> None:
    before = len(instances.requests)
    assert client.post(HANGS_UP, content=b"title=Once").status_code == 503
    assert len(instances.requests) - before == 1


def test_closed_instances_fail_no_request(client: httpx.Client) -> None:
    statuses = [client.post("/", content=b"x").status_code for _ in range(12)]
    assert statuses == [200] * 12


@pytest.mark.parametrize("path", ["/auth/login", "/api/posts"])
@pytest.mark.parametrize(("http2", "sent"), [(False, LIMIT + 1), (True, 1)])
def test_a_body_announced_above_5_mb_is_refused_before_any_instance_sees_it(
    nginx: Proxy, instances: Recorder, path: str, http2: bool, sent: int
) -> None:
    """Over HTTP/2 one byte is sent: httpx would wait to be allowed the rest before it reads the answer."""
    before = len(instances.requests)
    with nginx.client(http2=http2) as client:
        response = client.post(path, content=iter([bytes(sent)]), headers={"Content-Length": str(LIMIT + 1)})
    check_error(response, 413, "body_too_large", path)
    assert len(instances.requests) == before


@pytest.mark.parametrize("path", ["/auth/login", "/api/posts"])
def test_a_body_without_end_is_refused_before_any_instance_sees_it(
    client: httpx.Client, instances: Recorder, path: str
) -> None:
    before = len(instances.requests)
    check_error(client.post(path, content=_endless()), 413, "body_too_large", path)
    assert len(instances.requests) == before


def test_a_body_of_5_mb_passes(client: httpx.Client, instances: Recorder) -> None:
    assert client.post("/auth/login", content=bytes(LIMIT)).status_code == 200
    assert len(instances.last().body) == LIMIT


@pytest.mark.parametrize(
    "path", ["/api/media", "/dashboard/media", "/posts/new", "/posts/12/edit", "/posts/12/preview"]
)
def test_a_picture_of_20_mb_passes_with_its_text(client: httpx.Client, instances: Recorder, path: str) -> None:
    assert client.post(path, content=bytes(5 * LIMIT)).status_code == 200
    assert len(instances.last().body) == 5 * LIMIT


@pytest.mark.parametrize("path", ["/", "/api/posts"])
def test_headers_without_end_are_refused(nginx: Proxy, path: str) -> None:
    with nginx.client() as client:
        check_error(client.get(path, headers={"X-Long": "a" * 20_000}), 431, "headers_too_large", path)


@pytest.mark.parametrize("path", ["/", "/api/posts"])
def test_an_address_without_end_is_refused(nginx: Proxy, path: str) -> None:
    with nginx.client() as client:
        check_error(client.get(f"{path}?{'a' * 20_000}"), 414, "uri_too_long", path)


@pytest.mark.parametrize("path", ["/", "/api/posts"])
def test_a_request_without_a_host_is_refused(nginx: Proxy, path: str) -> None:
    with nginx.connection() as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
        answer = HTTPResponse(connection)
        answer.begin()
        response = httpx.Response(
            answer.status,
            headers=answer.getheaders(),
            content=answer.read(),
            request=httpx.Request("GET", f"https://{HOST}{path}"),
        )
    check_error(response, 400, "bad_request", path)


@pytest.mark.parametrize("path", ["/", "/api/posts"])
def test_a_request_to_be_sent_back_is_refused(client: httpx.Client, path: str) -> None:
    check_error(client.request("TRACE", path), 405, "method_not_allowed", path)


@pytest.mark.parametrize("path", [SILENT, f"/api{SILENT}"])
def test_an_instance_that_never_answers_is_given_up(client: httpx.Client, instances: Recorder, path: str) -> None:
    before = len(instances.requests)
    check_error(client.post(path, content=b"title=Once"), 504, "gateway_timeout", path)
    assert len(instances.requests) - before == 1


def test_every_error_nginx_may_answer_is_named_as_the_application_names_it() -> None:
    """Those too that no test can bring about in a moment."""
    codes, titles = _by_status("code"), _by_status("title")
    assert codes.keys() == titles.keys()
    for status, code in codes.items():
        assert (BY_CODE[code].status, BY_CODE[code].title) == (status, titles[status])
    answered = re.findall(r"^ +error_page ([\d ]+?)(?: =(\d+))? /", SITE.read_text(), re.MULTILINE)
    assert {int(status) for given, changed in answered for status in (changed or given).split()} == codes.keys()


def test_an_address_the_application_measures_reaches_it(client: httpx.Client, instances: Recorder) -> None:
    assert client.get("/?" + "a" * 10_000).status_code == 200


def test_a_hashed_file_comes_from_disk_and_is_kept_for_ever(client: httpx.Client, instances: Recorder) -> None:
    before = len(instances.requests)
    response = client.get(hashed("css/blog.css"))
    assert response.status_code == 200
    assert response.content == (STATIC / "css" / "blog.css").read_bytes()
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in response.headers
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(instances.requests) == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/blog.css",
        "/static/css/blog.0123456789a.css",
        "/static/css/blog.0123456789ABC.css",
        "/static/css/missing.0123456789ab.css",
        "/static/css/0123456789ab.css",
        "/favicon.ico",
        "/static/",
    ],
)
def test_any_other_name_is_the_applications_to_answer(client: httpx.Client, instances: Recorder, path: str) -> None:
    assert client.get(path).text == "instance"
    assert instances.last().path == path


@pytest.mark.parametrize("climb", ["..", "%2e%2e", "..%2f..", "css/../..", "css%2f..%2f.."])
def test_no_name_climbs_out_of_the_static_folder(nginx: Proxy, climb: str) -> None:
    target = f"/static/{climb}/templates/base.0123456789ab.html"
    assert (STATIC.parent / "templates" / "base.html").exists()
    with nginx.connection() as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.endswith(b"instance") or answer.startswith(b"HTTP/1.1 400 ")


def test_the_log_keeps_no_query(nginx: Proxy) -> None:
    with nginx.client() as client:
        client.get("/search?q=private", headers={"X-Request-ID": "seen-in-the-log"})
        client.post(f"{HANGS_UP}?secret=1", content=b"x")
    log = nginx.logged(f'"POST {HANGS_UP}" HTTP/1.1 ')
    assert '"GET /search" HTTP/1.1 200' in log
    assert "seen-in-the-log" in log
    assert "private" not in log
    assert "secret" not in log


def test_a_client_that_sends_its_head_slowly_is_let_go(nginx: Proxy) -> None:
    settings = (nginx.folder / "blogapp.conf").read_text()
    for name, most in {"client_header_timeout": 15, "client_body_timeout": 30, "send_timeout": 60}.items():
        found = re.findall(rf"^ +{name} (\d+)s;", settings, re.MULTILINE)
        assert len(found) == 2
        assert all(int(seconds) <= most for seconds in found)


def _by_status(fact: str) -> dict[int, str]:
    """One of the file's maps from a status; its default is that of 400."""
    start = f"map $status $blogapp_error_{fact} {{\n"
    lines = SITE.read_text().partition(start)[2].partition("\n}")[0]
    found = re.findall(r'^ +(default|\d+) +"?([^";]+)"?;$', lines, re.MULTILINE)
    return {400 if status == "default" else int(status): value for status, value in found}


def _upgrade(protocol: str, *more: str) -> bytes:
    lines = ["GET /live HTTP/1.1", f"Host: {HOST}", "Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}"]
    return "\r\n".join([*lines, *more, "", ""]).encode()


def _endless() -> Iterator[bytes]:
    """A little more than is taken, in chunks that announce no end."""
    for _ in range(LIMIT // 65536 + 2):
        yield bytes(65536)
