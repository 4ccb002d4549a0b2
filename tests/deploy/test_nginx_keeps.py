"""What nginx keeps of the pages it passes on, and for whom."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import count

import httpx
import pytest

from blogapp.web.stored import FOR_CACHES
from tests.deploy.recorder import Recorder, Request

OVER = 2.1
"""Seconds after which a page has to be asked for again: nginx counts whole ones."""
_numbers = count(1)


@dataclass
class Page:
    """A page of the stand-in, at an address of its own: it answers as the application does."""

    instances: Recorder
    path: str
    text: str = "first words"
    status: int = 200
    cache_control: str = FOR_CACHES.decode()
    more: str = ""
    is_away: bool = False

    def __call__(self, request: Request) -> bytes:
        if self.is_away:
            return b""
        tag = f'"{abs(hash(self.text))}"'
        head = f"Cache-Control: {self.cache_control}\r\nVary: Cookie\r\nETag: {tag}\r\nX-Request-ID: the-first\r\n{self.more}"
        if tag in request.all("If-None-Match"):
            return f"HTTP/1.1 304 Not Modified\r\n{head}\r\n".encode()
        body = "" if request.method == "HEAD" else self.text
        length = len(self.text)
        return f"HTTP/1.1 {self.status} Said\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n{head}\r\n{body}".encode()

    @property
    def asked(self) -> list[Request]:
        return self.instances.asked(self.path)


@pytest.fixture
def page(instances: Recorder) -> Page:
    path = f"/posts/{next(_numbers)}/a-post"
    made = instances.answers[path] = Page(instances, path)
    return made


def test_a_page_is_kept_for_a_moment_and_then_asked_for_again(client: httpx.Client, page: Page) -> None:
    first = client.get(page.path)
    again = client.get(page.path)
    assert (first.text, again.text, len(page.asked)) == (page.text, page.text, 1)
    assert page.asked[0].all("If-None-Match") == []
    time.sleep(OVER)
    third = client.get(page.path)
    assert (third.status_code, third.text) == (200, page.text)
    assert [request.all("If-None-Match") for request in page.asked] == [[], [first.headers["ETag"]]]
    assert client.get(page.path).status_code == 200
    assert len(page.asked) == 2


def test_a_change_is_seen_when_the_moment_is_over(client: httpx.Client, page: Page) -> None:
    assert client.get(page.path).text == "first words"
    page.text = "second words"
    time.sleep(OVER)
    assert client.get(page.path).text == "second words"
    assert client.get(page.path).text == "second words"


def test_readers_are_told_when_they_have_the_newest(client: httpx.Client, page: Page) -> None:
    tag = client.get(page.path).headers["ETag"]
    assert client.get(page.path, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(page.path).status_code == 200
    assert len(page.asked) == 1


def test_queries_are_told_apart(client: httpx.Client, page: Page, instances: Recorder) -> None:
    instances.answers[f"{page.path}?page=2"] = Page(instances, f"{page.path}?page=2", "the second page")
    for _ in range(2):
        assert client.get(page.path).text == "first words"
        assert client.get(f"{page.path}?page=2").text == "the second page"
    assert len(page.asked) == 1


OURS = [
    {"Cookie": "__Host-blogapp_auth=x"},
    {"Cookie": "theme=dark; __Host-blogapp_session=x"},
    {"Cookie": "blogapp_auth=x; theme=dark"},
    {"Authorization": "Bearer x"},
    {"Authorization": "0"},
    {"Origin": "https://elsewhere.example"},
]


@pytest.mark.parametrize("known", OURS, ids=str)
def test_who_is_known_passes_by_and_leaves_nothing(client: httpx.Client, page: Page, known: dict[str, str]) -> None:
    page.text = "for one reader"
    assert client.get(page.path, headers=known).text == "for one reader"
    page.text = "for strangers"
    assert client.get(page.path).text == "for strangers"
    page.text = "for one reader again"
    assert client.get(page.path, headers=known).text == "for one reader again"
    assert client.get(page.path).text == "for strangers"


def test_other_cookies_get_pages_of_their_own(client: httpx.Client, page: Page) -> None:
    assert client.get(page.path).text == "first words"
    page.text = "for a cookie"
    assert client.get(page.path, headers={"Cookie": "theme=dark"}).text == "for a cookie"
    assert client.get(page.path).text == "first words"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cache_control", "no-cache"),
        ("cache_control", "no-store"),
        ("cache_control", "private, no-cache"),
        ("more", "Set-Cookie: a=b\r\n"),
        ("status", 404),
        ("status", 500),
    ],
)
def test_what_is_not_to_be_kept_is_asked_for_each_time(client: httpx.Client, page: Page, name: str, value: str) -> None:
    setattr(page, name, value)
    if name == "status":
        page.cache_control = "no-store"
    for number in range(2):
        page.text = f"words number {number}"
        assert client.get(page.path).text == page.text
    assert len(page.asked) == 2


def test_every_answer_names_its_own_request(client: httpx.Client, page: Page) -> None:
    ids = [client.get(page.path).headers.get_list("X-Request-ID") for _ in range(2)]
    assert all(len(found) == 1 for found in ids)
    assert "the-first" not in {*ids[0], *ids[1]}
    assert ids[0] != ids[1]
    assert client.get(page.path, headers={"X-Request-ID": "mine"}).headers["X-Request-ID"] == "mine"


@pytest.mark.parametrize("path", ["/api", "/api/posts", "/api/posts/1?x=1"])
def test_the_api_is_passed_on_with_the_versions_it_names(client: httpx.Client, instances: Recorder, path: str) -> None:
    before = len(instances.requests)
    for _ in range(2):
        client.put(path, headers={"If-Match": '"one"'})
        assert instances.last().all("If-Match") == ['"one"']
        client.get(path, headers={"If-None-Match": '"two"'})
        assert instances.last().all("If-None-Match") == ['"two"']
    assert len(instances.requests) == before + 4


def test_what_is_kept_outlasts_instances_that_can_not_answer(client: httpx.Client, page: Page) -> None:
    assert client.get(page.path).text == "first words"
    page.status, page.text, page.cache_control = 503, "the data are away", "no-store"
    time.sleep(OVER)
    assert (client.get(page.path).status_code, client.get(page.path).text) == (200, "first words")


def test_what_is_kept_outlasts_instances_that_are_away(client: httpx.Client, page: Page) -> None:
    assert client.get(page.path).text == "first words"
    page.is_away = True
    time.sleep(OVER)
    assert (client.get(page.path).status_code, client.get(page.path).text) == (200, "first words")
    assert client.get(page.path, headers=OURS[0]).status_code == 503
