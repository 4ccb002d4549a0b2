"""Pages and documents kept for strangers: who gets them, who never does, and what they say."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from quart import Quart, Response, flash, make_response
from sqlalchemy import func, select

from blogapp.errors import NotFound
from blogapp.infra import cache
from blogapp.posts.models import Post
from blogapp.web.context import db
from blogapp.web.keeping import keep
from blogapp.web.stored import FOR_CACHES
from tests.accounts import make as accounts
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts import make
from tests.reading import get, read
from tests.serving import serving

TELLING = {"blogapp_env": "development"}
POST = "/posts/1/what-the-tide-left-behind"
KEPT = ("/", POST, "/users/ada", "/api/posts", "/api/users", "/api/posts/1", "/api/users/1", "/api/posts?per_page=1")
NOT_KEPT = {
    "/posts/1": 301,
    "/users/ADA": 301,
    "/dashboard": 303,
    "/api": 303,
    "/api/tokens": 401,
    "/nowhere": 404,
    "/posts/9": 404,
    "/api/posts/9": 404,
    "/users/nobody": 404,
    "/?page=9": 404,
    "/?page=x": 422,
    "/auth/login": 200,
    "/api/openapi.json": 200,
    "/livez": 200,
    "/readyz": 200,
}


@pytest.fixture
def settings() -> dict[str, Any]:
    return TELLING


@pytest.fixture
async def post(app: Quart, ada: Person) -> None:
    await make.post(app, ada)


def told(response: Any) -> str | None:
    found: str | None = response.headers.get("X-Cache")
    return found


@pytest.mark.parametrize("path", KEPT)
async def test_a_stranger_gets_what_was_made_for_another(app: Quart, post: None, path: str):
    first, second = [await app.test_client().get(path) for _ in range(2)]
    assert (told(first), told(second)) == ("miss", "hit")
    assert (first.status_code, await first.get_data()) == (second.status_code, await second.get_data())
    assert _same_headers(first) == _same_headers(second)
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


@pytest.mark.parametrize(("path", "status"), NOT_KEPT.items())
async def test_all_else_is_made_anew(client: Client, post: None, path: str, status: int):
    for _ in range(2):
        response = await client.get(path)
        assert (response.status_code, told(response)) == (status, None)


@pytest.mark.parametrize("settings", [{"page_cache_bytes": 0} | TELLING])
async def test_without_room_nothing_is_kept(client: Client, post: None):
    for path in KEPT:
        for _ in range(2):
            response = await client.get(path)
            assert (response.status_code, told(response)) == (200, None)
            assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("environment", ["testing", "production"])
async def test_only_development_tells_where_an_answer_came_from(database_url: str, environment: str):
    production = {"site_url": "http://localhost", "allowed_hosts": "localhost"}
    async with serving(database_url, blogapp_env=environment, **production) as app:
        first, second = [await app.test_client().get("/") for _ in range(2)]
    assert (told(first), told(second)) == (None, None)
    assert first.headers["ETag"] == second.headers["ETag"]


async def test_other_caches_are_told_to_ask_again_and_to_look_at_the_cookie(client: Client, post: None):
    for path in ("/", POST, "/users/ada"):
        for _ in range(2):
            response = await client.get(path)
            assert response.headers["Cache-Control"] == FOR_CACHES.decode()
            assert response.headers["Vary"] == "Cookie"
            assert response.headers["ETag"].startswith('"')
    for path in ("/api/posts", "/api/posts/1"):
        for _ in range(2):
            assert (await client.get(path)).headers["Cache-Control"] == "no-cache"


async def test_whoever_has_the_newest_is_told_so(client: Client, post: None):
    for path in KEPT:
        tag = (await client.get(path)).headers["ETag"]
        for known in (tag, f"W/{tag}", f'"other", W/{tag}', "*"):
            response = await client.get(path, headers={"If-None-Match": known})
            assert (response.status_code, await response.get_data(), told(response)) == (304, b"", "hit")
            assert response.headers["ETag"] == tag
            assert response.headers["Vary"].startswith("Cookie")
            assert "Content-Security-Policy" in response.headers
        assert (await client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_whoever_has_the_newest_is_told_so_when_it_had_to_be_made(app: Quart, client: Client, post: None):
    tag = (await client.get("/")).headers["ETag"]
    async with serving(resources(app).settings.database_url.get_secret_value(), **TELLING) as other:
        response = await other.test_client().get("/", headers={"If-None-Match": tag})
    assert (response.status_code, told(response)) == (304, "miss")


async def test_head_says_what_get_says_and_is_answered_from_what_is_kept(client: Client, post: None):
    for path in KEPT:
        first, whole, head = [await ask(path) for ask in (client.head, client.get, client.head)]
        assert [told(one) for one in (first, whole, head)] == ["miss", "hit", "hit"]
        assert (first.status_code, head.status_code) == (200, 200)
        assert _same_headers(first) == _same_headers(head) == _same_headers(whole)
        known = await client.head(path, headers={"If-None-Match": whole.headers["ETag"]})
        assert (known.status_code, told(known)) == (304, "hit")


async def test_host_path_and_query_are_told_apart(app: Quart, ada: Person):
    await make.posts(app, ada, 11)
    client = app.test_client()
    asked = [("/", "a.example"), ("/", "b.example"), ("/?page=2", "a.example"), ("/?page=2&", "a.example")]
    for hit in ("miss", "hit"):
        for path, host in asked:
            assert told(await client.get(path, headers={"Host": host})) == hit
    assert (await get(client, "/?page=2")).posts == ["Post number 1"]
    for method in ("post", "put", "delete", "options"):
        assert told(await getattr(client, method)("/")) is None


async def test_nobody_signed_in_is_given_what_was_kept(app: Quart, client: Client, ada: Person, post: None):
    browser = await signed_in(app, ada)
    for path in ("/", POST, "/users/ada"):
        assert (await client.get(path)).status_code == 200
        response = await browser.get(path)
        assert told(response) is None
        assert response.headers["Cache-Control"] == "no-cache"
        assert "Log out" in (await read(response)).actions()
    assert told(await browser.get("/api/users/1")) is None


async def test_nothing_made_for_anybody_signed_in_is_kept(app: Quart, client: Client, ada: Person, post: None):
    browser, program = await signed_in(app, ada), await bearer(app, ada)
    for path in KEPT:
        await browser.get(path)
        await app.test_client().get(path, headers=program)
        response = await client.get(path)
        assert told(response) == "miss"
        assert "Log out" not in await response.get_data(as_text=True)
        assert ada.email not in await response.get_data(as_text=True)


async def test_a_token_is_always_looked_at(app: Quart, client: Client, ada: Person):
    assert ada.email not in await (await client.get("/api/users/1")).get_data(as_text=True)
    own = await client.get("/api/users/1", headers=await bearer(app, ada))
    assert ada.email in await own.get_data(as_text=True)
    refused = await client.get("/api/users/1", headers={"Authorization": "Bearer blog_pat_made_up"})
    assert refused.status_code == 401


@pytest.mark.parametrize("name", ["blogapp_auth", "__Host-blogapp_auth", "blogapp_session", "__Host-blogapp_session"])
async def test_a_cookie_of_ours_passes_by_whatever_it_holds(client: Client, post: None, name: str):
    await client.get("/")
    for lines in ([f"{name}=x"], [f"theme=dark; {name}=x"], ["theme=dark", f"{name}="]):
        headers = [("Cookie", line) for line in lines]
        assert told(await client.get("/", headers=headers)) is None
    assert told(await client.get("/", headers={"Cookie": "theme=dark"})) == "hit"


async def test_a_message_is_shown_to_one_reader_once(app: Quart, client: Client, ada: Person, post: None):
    await client.get("/")
    browser = await signed_in(app, ada)
    await browser.post("/auth/logout")
    page = await get(browser, "/")
    assert page.notices
    assert told(page.response) is None
    for stranger in (client, browser):
        assert (await get(stranger, "/")).notices == []


@pytest.mark.parametrize("settings", [TELLING | {"cors_origins": "https://other.example"}])
async def test_scripts_of_other_origins_are_answered_by_name(client: Client, post: None):
    await client.get("/api/posts")
    response = await client.get("/api/posts", headers={"Origin": "https://other.example"})
    assert told(response) is None
    assert response.headers["Access-Control-Allow-Origin"] == "https://other.example"
    mine = await client.get("/api/posts")
    assert told(mine) == "hit"
    assert "Access-Control-Allow-Origin" not in mine.headers
    assert "Origin" in mine.headers["Vary"]


async def test_an_answer_that_is_for_one_reader_is_never_kept(app: Quart, client: Client, subtests: pytest.Subtests):
    def answers(**headers: str) -> Any:
        async def handler() -> Response:
            keep("home")
            response = await make_response("made")
            response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
            return response

        return handler

    async def flashes() -> str:
        keep("home")
        await flash("For you alone", "info")
        return "made"

    async def fails() -> str:
        keep("home")
        raise NotFound("It is gone.")

    async def made() -> tuple[str, int]:
        keep("home")
        return "made", 201

    handlers = {
        "cookie": answers(Set_Cookie="a=b"),
        "language": answers(Vary="Cookie, Accept-Language"),
        "all": answers(Vary="*"),
        "private": answers(Cache_Control="private"),
        "secret": answers(Cache_Control="no-store"),
        "flash": flashes,
        "failure": fails,
        "made": made,
    }
    for name, handler in handlers.items():
        app.add_url_rule(f"/try/{name}", name, handler)
        with subtests.test(name):
            for _ in range(2):
                assert told(await client.get(f"/try/{name}")) is None
    app.add_url_rule("/try/plain", "plain", answers())
    assert [told(await client.get("/try/plain")) for _ in range(2)] == ["miss", "hit"]


async def test_many_who_ask_at_once_cost_one_handler(app: Quart):
    gate, runs = asyncio.Event(), 0

    @app.get("/slow")
    async def slow() -> str:
        nonlocal runs
        runs += 1
        await gate.wait()
        keep("home")
        return "made once"

    asking = [asyncio.create_task(app.test_client().get("/slow")) for _ in range(20)]
    await asyncio.sleep(0.1)
    gate.set()
    answers = await asyncio.gather(*asking)
    assert {await answer.get_data() for answer in answers} == {b"made once"}
    assert sorted(str(told(answer)) for answer in answers) == ["hit"] * 19 + ["miss"]
    assert runs == 1


@pytest.mark.parametrize("fault", ["raises", "is not to be kept"])
async def test_nobody_waits_twice(app: Quart, fault: str):
    gate, runs = asyncio.Event(), 0

    @app.get("/slow")
    async def slow() -> str:
        nonlocal runs
        runs += 1
        first = runs == 1
        await gate.wait()
        if first and fault == "raises":
            raise RuntimeError
        if runs > 5:
            keep("home")
        return "made"

    asking = [asyncio.create_task(app.test_client().get("/slow")) for _ in range(5)]
    await asyncio.sleep(0.1)
    gate.set()
    answers = await asyncio.gather(*asking)
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [500 if fault == "raises" else 200]
    assert runs == 5
    assert [told(await app.test_client().get("/slow")) for _ in range(2)] == ["miss", "hit"]


async def test_an_endless_answer_keeps_nobody_waiting(app: Quart):
    """Who asks for the same stream gets one of their own as soon as it is seen to be one."""
    gate = asyncio.Event()

    @app.get("/stream")
    async def stream() -> Any:
        async def parts() -> Any:
            yield b"first"
            await gate.wait()

        return parts(), 200, {"Content-Type": "text/event-stream"}

    async with asyncio.timeout(5):
        async with app.test_client().request("/stream") as one, app.test_client().request("/stream") as other:
            await one.send_complete()
            await other.send_complete()
            assert await one.receive() == await other.receive() == b"first"
            gate.set()


async def test_what_is_made_while_it_changes_is_not_kept(app: Quart, ada: Person, post: None):
    read_already, gate = asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        keep("home")
        total = (await db().rows(select(func.count()).select_from(Post.__table__)))[0][0]
        read_already.set()
        await gate.wait()
        return str(total)

    asking = asyncio.create_task(app.test_client().get("/slow"))
    await read_already.wait()
    await make.post(app, ada, "Written meanwhile")
    gate.set()
    assert await (await asking).get_data() == b"1"
    after = await app.test_client().get("/slow")
    assert (told(after), await after.get_data()) == ("miss", b"2")


async def test_memory_is_bounded(database_url: str):
    async with serving(database_url, page_cache_bytes=160_000, **TELLING) as app:
        await make.post(app, await accounts.user(app, "ada"))
        client = app.test_client()
        for number in range(300):
            assert (await client.get(f"{POST}?{number}")).status_code == 200
        pages = app.asgi_app._pages._pages
        assert 100_000 < pages.size <= 160_000
        assert told(await client.get(f"{POST}?299")) == "hit"
        assert told(await client.get(f"{POST}?0")) == "miss"


async def test_an_answer_too_large_to_keep_arrives_whole(app: Quart, database_url: str):
    async with serving(database_url, page_cache_bytes=160_000, **TELLING) as small:

        @small.get("/large")
        async def large() -> Any:
            keep("home")

            async def parts() -> Any:
                for _ in range(40):
                    yield b"x" * 1000

            return parts(), 200, {"Content-Type": "text/plain"}

        for _ in range(2):
            response = await small.test_client().get("/large")
            assert (await response.get_data(), told(response)) == (b"x" * 40_000, None)


async def test_what_other_programs_write_is_seen_when_the_time_is_over(
    app: Quart, client: Client, ada: Person, database_url: str, monkeypatch: pytest.MonkeyPatch
):
    assert (await get(client, "/")).posts == []
    async with serving(database_url) as other:
        await make.post(other, ada)
        assert (await get(other.test_client(), "/")).posts == [make.TITLE]
    assert (await get(client, "/")).posts == []
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + cache.SECONDS)
    monkeypatch.setattr(cache, "time", later)
    assert (await get(client, "/")).posts == [make.TITLE]


@pytest.mark.parametrize("settings", [TELLING | {"rate_limits": "on", "limit_api": "4/hour"}])
async def test_calls_are_counted_for_each_client_though_they_are_answered_from_memory(client: Client, post: None):
    async def call(address: str) -> tuple[int, str | None, str]:
        response = await client.get("/api/posts", scope_base={"client": (address, 1)})
        assert response.headers["RateLimit-Policy"] == "4;w=3600;name=api"
        return response.status_code, told(response), response.headers["RateLimit-Remaining"]

    assert [await call("192.0.2.1") for _ in range(3)] == [(200, "miss", "3"), (200, "hit", "2"), (200, "hit", "1")]
    assert await call("192.0.2.2") == (200, "hit", "3")
    assert await call("192.0.2.1") == (200, "hit", "0")
    assert await call("192.0.2.1") == (429, None, "0")
    assert await call("192.0.2.2") == (200, "hit", "2")
    known = await client.get("/api/posts", headers={"If-None-Match": "*"}, scope_base={"client": ("192.0.2.1", 1)})
    assert known.status_code == 429
    assert (await client.get("/", scope_base={"client": ("192.0.2.1", 1)})).status_code == 200


async def test_what_is_too_much_is_refused_though_the_answer_is_known(client: Client, post: None):
    await client.get("/")
    for headers in ([(f"X-{number}", "x") for number in range(120)], [("X-Long", "x" * 20_000)]):
        assert (await client.get("/", headers=headers)).status_code == 431
    assert (await client.get("/", headers={"Host": "no host"})).status_code == 400
    assert (await client.get("/", headers={"X-Request-ID": "mine"})).headers["X-Request-ID"] == "mine"


def _same_headers(response: Any) -> dict[str, str]:
    """What two answers have to have in common."""
    own = {"x-request-id", "x-cache", "ratelimit-remaining", "ratelimit-reset"}
    return {name.lower(): value for name, value in response.headers.items() if name.lower() not in own}
