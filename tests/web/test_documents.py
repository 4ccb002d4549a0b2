"""What the API takes as a body, and how it refuses the rest."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.people import Client, Person, bearer
from tests.posts.make import CONTENT, TITLE
from tests.refusals import refusal

DRAFT = {"title": TITLE, "content": CONTENT}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nothing",
        b'{"title": "unfinished',
        b"{'title': 'quotes'}",
        b'{"title": NaN}',
        b'{"title": Infinity}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff\xfe"}',
        b'{"title": 1} {"title": 2}',
        b"\xef\xbb\xbf{}",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"title": 0x10}',
        b'{"title": "a\nb"}',
        b"{,}",
    ],
    ids=range(16),
)
async def test_what_is_no_json_is_a_bad_request(app: Quart, client: Client, ada: Person, body: bytes):
    response = await client.post("/api/posts", data=body, headers=await bearer(app, ada) | JSON)
    await refusal(response, 400)


async def test_what_is_no_object_is_invalid(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada) | JSON
    for body in (b"[]", b"null", b"7", b'"text"', b"true", b"[{}]"):
        problem = await refusal(await client.post("/api/posts", data=body, headers=headers), 422, "")
        assert problem["errors"][0]["message"] == "The body must be a JSON object."


async def test_a_name_twice_is_invalid_and_named(app: Quart, client: Client, ada: Person):
    body = b'{"title": "A long title", "content": "A long content", "title": "Another title"}'
    response = await client.post("/api/posts", data=body, headers=await bearer(app, ada) | JSON)
    problem = await refusal(response, 422, "title")
    assert problem["errors"][0]["rule"] == "duplicate"


async def test_a_body_of_another_kind_is_refused(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "json", ""):
        response = await client.post("/api/posts", data=b"{}", headers=headers | {"Content-Type": kind})
        await refusal(response, 415)
    await refusal(await client.post("/api/posts", form=DRAFT, headers=headers), 415)


async def test_a_body_may_say_more_of_its_kind(app: Quart, client: Client, ada: Person):
    body = b'{"title": "A long title", "content": "A long content"}'
    for kind in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"):
        response = await client.post("/api/posts", data=body, headers=await bearer(app, ada) | {"Content-Type": kind})
        assert response.status_code == 201, kind


async def test_a_refusal_is_a_problem_whatever_the_client_accepts(client: Client):
    for accepted in ("text/html", "application/xml", "*/*", ""):
        await refusal(await client.get("/api/nothing", headers={"Accept": accepted}), 404)


async def test_a_method_that_is_not_there_is_named_with_those_that_are(client: Client):
    response = await client.delete("/api/posts")
    await refusal(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_an_unknown_address_is_not_found_under_any_method(client: Client):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path in ("/api/nothing", "/api/", "/api/posts/", "/api/posts/1/2"):
            await refusal(await client.open(path, method=method), 404)


async def test_a_body_that_is_too_large_is_refused(client: Client):
    await refusal(await client.post("/api/posts", data=b" " * 6_000_000, headers=JSON), 413)


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_api": "2/minute"}])
async def test_calls_are_counted_and_the_client_told(client: Client):
    for left in ("1", "0"):
        response = await client.get("/api/posts")
        assert response.headers["RateLimit-Limit"] == "2"
        assert response.headers["RateLimit-Remaining"] == left
        assert response.headers["RateLimit-Policy"] == "2;w=60;name=api"
    response = await client.get("/api/posts")
    await refusal(response, 429)
    assert 1 <= int(response.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_write": "1/minute"}])
async def test_writing_has_a_limit_of_its_own_by_account(app: Quart, client: Client, ada: Person, grace: Person):
    headers = await bearer(app, ada)
    assert (await client.post("/api/posts", json=DRAFT, headers=headers)).status_code == 201
    await refusal(await client.post("/api/posts", json=DRAFT, headers=headers), 429)
    assert (await client.get("/api/posts", headers=headers)).status_code == 200
    assert (await client.post("/api/posts", json=DRAFT, headers=await bearer(app, grace))).status_code == 201
