"""Scripts of other origins: those of CORS_ORIGINS may use the API with a token, all others may not."""

from __future__ import annotations

import pytest
from quart import Quart, Response

from tests.people import Client, Person, bearer, signed_in
from tests.posts.make import CONTENT, TITLE
from tests.refusals import refusal

FRIEND, STRANGER = "https://app.example", "https://evil.example"
DRAFT = {"title": TITLE, "content": CONTENT}

pytestmark = pytest.mark.parametrize("settings", [{"cors_origins": f"https://other.example, {FRIEND}"}])


def from_script(origin: str) -> dict[str, str]:
    """What a browser adds to a request of a page of that origin."""
    return {"Origin": origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}


def lets_in(response: Response, origin: str) -> bool:
    assert "Access-Control-Allow-Credentials" not in response.headers
    return response.headers.get("Access-Control-Allow-Origin") == origin


async def test_a_script_of_an_allowed_origin_reads(client: Client, ada: Person):
    response = await client.get(f"/api/users/{ada.id}", headers=from_script(FRIEND))
    assert lets_in(response, FRIEND)
    exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Location", "Retry-After", "RateLimit-Remaining", "WWW-Authenticate", "X-Request-ID"} <= set(
        exposed
    )


async def test_a_script_of_another_origin_reads_nothing(client: Client):
    for origin in (
        STRANGER,
        "null",
        "http://app.example",
        f"{FRIEND}:8443",
        "https://sub.app.example",
        f"{FRIEND}.evil",
    ):
        response = await client.get("/api/posts", headers=from_script(origin))
        assert "Access-Control-Allow-Origin" not in response.headers, origin


async def test_caches_are_told_that_the_origin_matters(client: Client):
    for headers in ({}, from_script(STRANGER), from_script(FRIEND)):
        assert "Origin" in (await client.get("/api/posts", headers=headers)).vary
    assert "Origin" not in (await client.get("/")).vary


async def test_a_preflight_is_answered(client: Client):
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}
    response = await client.options("/api/posts/1", headers=from_script(FRIEND) | asked)
    assert response.status_code == 204
    assert lets_in(response, FRIEND)
    assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
        response.headers["Access-Control-Allow-Methods"].split(", ")
    )
    allowed = {name.strip().lower() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"authorization", "content-type", "if-match", "if-none-match"} <= allowed
    assert int(response.headers["Access-Control-Max-Age"]) > 0


async def test_a_preflight_of_a_stranger_is_not(client: Client):
    asked = {"Access-Control-Request-Method": "PATCH"}
    response = await client.options("/api/posts/1", headers=from_script(STRANGER) | asked)
    assert not [name for name in response.headers.keys() if name.lower().startswith("access-control")]  # noqa: SIM118  # a name may stand there twice


async def test_an_allowed_script_writes_with_a_token(app: Quart, client: Client, ada: Person):
    response = await client.post("/api/posts", json=DRAFT, headers=from_script(FRIEND) | await bearer(app, ada))
    assert response.status_code == 201
    assert lets_in(response, FRIEND)


async def test_an_allowed_script_may_make_a_token_with_a_password(client: Client, ada: Person):
    response = await client.post("/api/tokens", json=ada.login, headers=from_script(FRIEND))
    assert response.status_code == 201


async def test_an_allowed_script_never_rides_on_the_cookie(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    await refusal(await browser.post("/api/posts", json=DRAFT, headers=from_script(FRIEND)), 401)
    shown = await (await browser.get(f"/api/users/{ada.id}", headers=from_script(FRIEND))).get_json()
    assert "email" not in shown
    assert (await browser.get("/dashboard")).status_code == 200


async def test_a_stranger_writes_nothing_whatever_it_shows(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    for headers in ({}, await bearer(app, ada)):
        for method, path in [("POST", "/api/posts"), ("DELETE", f"/api/users/{ada.id}"), ("POST", "/api/tokens")]:
            response = await browser.open(path, method=method, headers=from_script(STRANGER) | headers)
            await refusal(response, 403)
            assert "Access-Control-Allow-Origin" not in response.headers


async def test_a_sibling_of_this_site_is_a_stranger_too(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    headers = {"Origin": "http://localhost:8001", "Sec-Fetch-Site": "same-site"}
    await refusal(await browser.post("/api/posts", json=DRAFT, headers=headers), 403)


async def test_an_old_browser_is_told_by_its_origin_alone(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    await refusal(await browser.post("/api/posts", json=DRAFT, headers={"Origin": STRANGER}), 403)
    await refusal(await browser.post("/api/posts", json=DRAFT, headers={"Origin": "null"}), 403)
    response = await browser.post("/api/posts", json=DRAFT, headers={"Origin": "http://localhost"})
    assert response.status_code == 201


@pytest.mark.parametrize("path", ["/api", "/api/posts/999", "/api/nothing", "/api/posts?page=x", "/api/docs"])
async def test_refusals_can_be_read_as_well(client: Client, path: str):
    assert lets_in(await client.get(path, headers=from_script(FRIEND)), FRIEND)


async def test_refusals_of_the_edge_can_be_read_as_well(client: Client):
    headers = from_script(FRIEND)
    large = await client.post("/api/posts", data=b"{" + b" " * 6_000_000, headers=headers)
    await refusal(large, 413)
    assert lets_in(large, FRIEND)
    long = await client.get("/api/posts?q=" + "q" * 9000, headers=headers)
    await refusal(long, 414)
    assert lets_in(long, FRIEND)
    assert lets_in(await client.put("/api/posts", headers=headers), FRIEND)


async def test_pages_are_for_nobody_elses_scripts(client: Client):
    assert "Access-Control-Allow-Origin" not in (await client.get("/", headers=from_script(FRIEND))).headers
    response = await client.post("/auth/login", form={}, headers=from_script(FRIEND))
    assert response.status_code == 403
