"""What is left out between server and handler is not missed."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypercorn.typing import HTTPScope
from quart import Quart, request

from blogapp.app import create_app
from blogapp.web import application
from blogapp.web.application import Application


@pytest.fixture
def app() -> Quart:
    app = Application(__name__)
    app.config["RESPONSE_TIMEOUT"] = None

    @app.get("/where/<name>")
    async def where(name: str) -> dict[str, Any]:
        return {"name": name, "url": request.url, "blueprints": request.blueprints}

    @app.post("/echo")
    async def echo() -> str:
        return cast(str, await request.get_data(as_text=True))

    @app.get("/threaded")
    def threaded() -> str:
        return "in a thread"

    @app.get("/large")
    async def large() -> str:
        return "much to take " * 10_000

    return app


async def test_addresses_are_those_of_the_host_that_was_asked(app: Quart) -> None:
    answer = await app.test_client().get("/where/here?x=%C3%BC", headers={"Host": "example.org:8000"})
    assert await answer.get_json() == {
        "name": "here",
        "url": "http://example.org:8000/where/here?x=ü",
        "blueprints": [],
    }


async def test_bodies_still_arrive(app: Quart) -> None:
    assert await (await app.test_client().post("/echo", data="word")).get_data() == b"word"


async def test_handlers_that_block_still_get_a_thread(app: Quart) -> None:
    assert await (await app.test_client().get("/threaded")).get_data() == b"in a thread"


async def test_a_client_that_takes_nothing_is_given_up(app: Quart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "SLOWEST_READER", 0.05)

    async def send(_: Any) -> None:
        await asyncio.Event().wait()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "asgi": {},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/large",
        "raw_path": b"/large",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": None,
        "server": None,
        "extensions": {},
    }
    async with asyncio.timeout(5):
        await app(cast(HTTPScope, scope), receive, send)


@pytest.mark.parametrize(("path", "names"), [("/auth/login", ["auth"]), ("/livez", []), ("/nothing", [])])
async def test_blueprints_are_named_by_their_endpoints(path: str, names: list[str]) -> None:
    async with create_app("testing").test_request_context(path):
        assert request.blueprints == names
