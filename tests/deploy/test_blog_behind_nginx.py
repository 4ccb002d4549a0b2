"""Two instances of the application behind nginx; the other two of its four ports stay closed."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self
from uuid import uuid4

import httpx
import pytest

from tests.conftest import ENGINES
from tests.deploy.answers import check_error
from tests.deploy.assets import STATIC, hashed
from tests.deploy.nginx import HOST, Proxy, proxy, wait_for
from tests.live import Server, free_port, start, wait_until_ready

SIGN_INS = 8
"""From one address, before it has to wait."""
PASSWORD = "correct horse battery staple"


SETTINGS = {
    "BLOGAPP_ENV": "production",
    "SITE_URL": f"https://{HOST}",
    "ALLOWED_HOSTS": HOST,
    "TRUSTED_PROXIES": "127.0.0.1/32",
    "RATE_LIMITS": "on",
    "LIMIT_LOGIN_ADDRESS": f"{SIGN_INS}/15 minutes",
}


@dataclass(frozen=True, slots=True)
class Blog:
    nginx: Proxy
    instances: list[Server]
    database_url: str

    def restart(self, index: int) -> None:
        """Start a stopped instance on its old port, with its old log."""
        old = self.instances[index]
        self.instances[index] = start(old.log.parent, self.database_url, port=old.port, **SETTINGS)
        wait_until_ready(self.instances[index])

    def logged(self, event: str, **facts: object) -> list[dict[str, object]]:
        """Lines of that event which say all of this. Waits for the first: a line follows the answer it tells of."""
        return wait_for(lambda: [line for line in self._lines(event) if facts.items() <= line.items()])

    def _lines(self, event: str) -> list[dict[str, object]]:
        return [line for instance in self.instances for line in instance.lines() if line["event"] == event]


@pytest.fixture(scope="module", params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database at the newest revision, for the whole of this file."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("database") / "blog.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("migrated_template")
    postgres = request.getfixturevalue("postgres")
    name = f"test_{uuid4().hex}"
    yield postgres.create(name, template)
    postgres.drop(name)


@pytest.fixture(scope="module")
def blog(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    folder = tmp_path_factory.mktemp("instances")
    instances = [start(folder, database_url, **SETTINGS) for _ in range(2)]
    try:
        for instance in instances:
            wait_until_ready(instance)
        ports = [*(instance.port for instance in instances), free_port(), free_port()]
        with proxy(tmp_path_factory.mktemp("nginx"), ports, STATIC) as nginx:
            yield Blog(nginx, instances, database_url)
    finally:
        for instance in instances:
            instance.kill()


@pytest.fixture(scope="module")
def nginx(blog: Blog) -> Proxy:
    return blog.nginx


def test_pages_and_documents_come_through(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert client.get("/api/posts").json()["posts"] == []
    assert client.get("/api/openapi.json").json()["openapi"].startswith("3.1")
    assert client.get("/nowhere").status_code == 404
    assert client.get("/api/nowhere").headers["Content-Type"] == "application/problem+json"


def test_files_that_a_page_links_are_served_by_nginx_as_the_application_would(client: httpx.Client, blog: Blog) -> None:
    linked = re.findall(r'href="(/static/[^"]+\.css)"', client.get("/").text)
    assert hashed("css/blog.css") in linked
    served = client.get(linked[0])
    direct = httpx.get(f"http://127.0.0.1:{blog.instances[0].port}{linked[0]}", headers={"Host": HOST})
    assert served.content == direct.content
    own = {"content-length", "date", "x-request-id", "etag"}
    for name, value in direct.headers.items():
        assert name in own or served.headers[name] == value
    assert blog.nginx.logged(f'"GET {linked[0]}" {served.http_version}')


def test_files_without_a_hash_come_from_the_application(client: httpx.Client) -> None:
    response = client.get("/static/css/blog.css")
    assert response.status_code == 200
    assert "immutable" not in response.headers["Cache-Control"]
    assert client.get("/static/css/blog.000000000000.map").status_code == 404


def test_every_answer_carries_each_security_header_once(client: httpx.Client) -> None:
    for path in ("/", "/nowhere", "/api/posts", hashed("css/blog.css"), "/static/css/blog.css"):
        names = [name for name, _ in client.get(path).headers.multi_items()]
        for name in ("content-security-policy", "x-content-type-options", "strict-transport-security"):
            assert names.count(name) == 1, (path, name)


def test_the_request_id_is_one_for_client_proxy_and_application(client: httpx.Client, blog: Blog) -> None:
    """Of a request that nginx does not answer from what it keeps."""
    request_id = client.get("/auth/login").headers["X-Request-ID"]
    assert blog.nginx.logged(request_id)
    assert [line["client"] for line in blog.logged("request", request_id=request_id)] == ["127.0.0.1"]


def test_a_session_holds_on_every_instance(blog: Blog) -> None:
    with _signed_in(blog, "ada") as client:
        written = client.post("/posts/new", data={"title": "Behind the proxy", "content": "Written through nginx."})
        assert written.status_code == 303
        path = written.headers["Location"]
        assert path.startswith("/posts/")
        assert all("Written through nginx." in client.get(path).text for _ in range(4))
        assert all("Behind the proxy" in client.get("/dashboard").text for _ in range(4))
    assert wait_for(
        lambda: all(any(line.get("path") == path for line in instance.lines()) for instance in blog.instances)
    )


def test_live_updates_come_through_at_once(client: httpx.Client, blog: Blog) -> None:
    with client.stream("GET", "/api/live", headers={"Accept": "text/event-stream"}) as response:
        events = response.iter_lines()
        assert response.headers["Content-Type"] == "text/event-stream"
        assert next(events).startswith("id: ")
        assert '"type":"ready"' in next(events)


def test_sockets_of_this_site_are_let_in_and_no_others(blog: Blog) -> None:
    for origin, answer in ((f"https://{HOST}", b"101"), ("https://elsewhere.example", b"403")):
        with blog.nginx.connection() as connection:
            connection.sendall(_handshake(origin))
            assert connection.recv(12) == b"HTTP/1.1 " + answer


def _handshake(origin: str) -> bytes:
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
    key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    return f"GET /api/live HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {origin}\r\n{upgrade}\r\n{key}\r\n\r\n".encode()


def test_https_at_the_proxy_makes_cookies_secure(blog: Blog) -> None:
    with _signed_in(blog, "grace") as client:
        [cookie] = [cookie for cookie in client.cookies.jar if cookie.name == "__Host-blogapp_auth"]
        assert cookie.secure
        assert cookie.path == "/"


def test_redirects_stay_on_https(client: httpx.Client) -> None:
    response = client.get("/dashboard")
    assert response.status_code in {302, 303}
    assert response.headers["Location"].startswith(("/auth/login", f"https://{HOST}/auth/login"))


@pytest.mark.parametrize(
    ("origin", "status"),
    [(f"https://{HOST}", 401), ("https://elsewhere.example", 403), (f"https://{HOST}.elsewhere.example", 403)],
)
def test_a_browsers_origin_is_held_against_the_public_host(blog: Blog, origin: str, status: int) -> None:
    with blog.nginx.client(address="127.0.0.30") as client:
        response = client.post("/auth/login", data=_wrong_password(), headers={"Origin": origin})
    assert response.status_code == status


def test_another_host_name_is_refused(client: httpx.Client) -> None:
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_a_lost_update_is_refused_though_answers_are_compressed(blog: Blog) -> None:
    with _signed_in(blog, "joan") as client:
        post = client.post("/api/posts", json={"title": "First words", "content": "As long as it takes. " * 200})
        assert post.status_code == 201
        path = post.headers["Location"]
        tag = client.get(path, headers={"Accept-Encoding": "gzip"}).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
        change = {"title": "Second words", "content": "Shorter now."}
        assert client.put(path, json=change, headers={"If-Match": tag}).status_code == 200
        assert client.put(path, json=change, headers={"If-Match": tag}).status_code == 412


def test_the_application_sees_the_true_client_whatever_it_claims(blog: Blog) -> None:
    with blog.nginx.client(address="127.0.0.40") as client:
        client.post("/auth/login", data=_wrong_password(), headers={"X-Forwarded-For": "203.0.113.40"})
    assert blog.logged("sign-in refused", address="127.0.0.40")
    assert blog.logged("request", client="127.0.0.40")
    assert not any("203.0.113.40" in line.values() for instance in blog.instances for line in instance.lines())


def test_a_client_is_throttled_across_instances_whatever_it_claims(blog: Blog) -> None:
    with blog.nginx.client(address="127.0.0.50") as client:
        statuses = [
            client.post(
                "/auth/login",
                data=_wrong_password(f"nobody{turn}@example.com"),
                headers={"X-Forwarded-For": f"203.0.113.{turn}", "X-Real-IP": f"203.0.113.{turn}"},
            ).status_code
            for turn in range(SIGN_INS + 1)
        ]
    assert statuses == [401] * SIGN_INS + [429]
    with blog.nginx.client(address="127.0.0.51") as client:
        assert client.post("/auth/login", data=_wrong_password()).status_code == 401


def test_an_instance_that_stops_fails_no_request(blog: Blog) -> None:
    with _Readers(blog.nginx) as readers:
        readers.read_on()
        assert blog.instances[0].stop() == 0
        readers.read_on()
        blog.restart(0)
        readers.read_on()
    assert set(readers.statuses) == {200}


def test_an_instance_that_is_killed_fails_no_reader(blog: Blog) -> None:
    with _Readers(blog.nginx) as readers:
        readers.read_on()
        blog.instances[1].kill()
        readers.read_on()
        blog.restart(1)
    assert set(readers.statuses) == {200}


def test_with_every_instance_stopped_the_blog_says_when_to_come_back(blog: Blog) -> None:
    """But for pages that were read a moment ago."""
    for name in ("edith", "maud"):
        with _signed_in(blog, name):
            pass
    with blog.nginx.client() as client:
        seen = client.get("/users/edith")
        assert seen.status_code == 200
        for instance in blog.instances:
            assert instance.stop() == 0
        assert (client.get("/users/edith").status_code, client.get("/users/edith").text) == (200, seen.text)
        for path in ("/users/maud", "/auth/login", "/api/posts"):
            response = client.get(path)
            assert response.headers["Retry-After"] == "10"
            check_error(response, 503, "unavailable", path)
        blog.restart(0)
        assert client.get("/users/maud").status_code == 200


class _Readers:
    """Four people who read page after page."""

    def __init__(self, nginx: Proxy) -> None:
        self.statuses: list[int] = []
        self._nginx = nginx
        self._left = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        for thread in self._threads:
            thread.join()

    def read_on(self, pages: int = 40) -> None:
        """Wait until that many more pages were read."""
        enough = len(self.statuses) + pages
        while len(self.statuses) < enough and any(thread.is_alive() for thread in self._threads):
            self._left.wait(0.01)

    def _read(self) -> None:
        with self._nginx.client() as client:
            while not self._left.is_set():
                self.statuses.append(client.get("/").status_code)
                self._left.wait(0.01)


@contextmanager
def _signed_in(blog: Blog, name: str) -> Iterator[httpx.Client]:
    """A client with a new account and a session."""
    email = f"{name}@example.com"
    account = {"username": name, "email": email, "password": PASSWORD, "confirm_password": PASSWORD}
    with blog.nginx.client(address="127.0.0.20") as client:
        assert client.post("/auth/register", data=account).status_code == 303
        assert client.post("/auth/login", data={"email": email, "password": PASSWORD}).status_code == 303
        yield client


def _wrong_password(email: str = "nobody@example.com") -> dict[str, str]:
    return {"email": email, "password": "not this one"}


def test_metrics_are_for_who_asks_an_instance(client: httpx.Client, blog: Blog) -> None:
    assert client.get("/metrics").status_code == 404
    assert httpx.get(f"{blog.instances[0].url}/metrics").text.startswith("# HELP blogapp_")
