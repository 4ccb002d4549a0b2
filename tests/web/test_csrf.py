"""Requests that another site made a browser send are refused, whoever is signed in, and before anybody is."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.posts import make

HOST = "blog.example.org"

REFUSED = {
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same site, another origin": {"Sec-Fetch-Site": "same-site"},
    "unknown kind": {"Sec-Fetch-Site": "sideways"},
    "empty kind": {"Sec-Fetch-Site": ""},
    "own origin, but cross-site": {"Sec-Fetch-Site": "cross-site", "Origin": f"http://{HOST}"},
    "another origin": {"Origin": "http://evil.example.org"},
    "no origin": {"Origin": "null"},
    "empty origin": {"Origin": ""},
    "another port": {"Origin": f"http://{HOST}:8080"},
    "longer host": {"Origin": f"http://{HOST}.evil.example"},
    "shorter host": {"Origin": "http://example.org"},
    "own host as a user": {"Origin": f"http://{HOST}@evil.example"},
    "own host as a path": {"Origin": f"http://evil.example/{HOST}"},
    "what is no origin": {"Origin": "http://["},
    "two origins": {"Origin": f"http://{HOST} http://evil.example"},
    "own host without a scheme": {"Origin": HOST},
}
ALLOWED = {
    "own page": {"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"},
    "typed by hand": {"Sec-Fetch-Site": "none"},
    "old browser": {"Origin": f"http://{HOST}"},
    "own host in capitals": {"Origin": f"http://{HOST.upper()}"},
    "behind a proxy that speaks https": {"Origin": f"https://{HOST}"},
    "no browser": {},
}
DOORS = [("POST", "/auth/login"), ("POST", "/auth/register"), ("POST", "/auth/logout"), ("POST", "/api/tokens")]


async def knock(client: Client, method: str, path: str, headers: dict[str, str], **sent: Any) -> Any:
    return await client.open(path, method=method, headers={"Host": HOST, **headers}, **sent)


async def test_another_site_is_refused_before_anybody_is_signed_in(client: Client, subtests: pytest.Subtests):
    for name, headers in REFUSED.items():
        for method, path in DOORS:
            with subtests.test(name, path=path):
                answer = await knock(client, method, path, headers)
                assert answer.status_code == 403
                assert answer.mimetype == ("application/problem+json" if path.startswith("/api") else "text/html")
                assert "Set-Cookie" not in answer.headers


async def test_this_site_and_programs_pass(client: Client, subtests: pytest.Subtests):
    for name, headers in ALLOWED.items():
        with subtests.test(name):
            statuses = [(await knock(client, method, path, headers)).status_code for method, path in DOORS]
            assert statuses == [422, 422, 303, 401]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_another_site_changes_nothing_with_somebodys_cookie(app: Quart, ada: Person, method: str):
    post = await make.post(app, ada)
    browser = await signed_in(app, ada)
    for headers in (REFUSED["cross-site"], REFUSED["no origin"], REFUSED["another port"]):
        for path in (f"/api/posts/{post.id}", f"/posts/{post.id}/delete", "/settings/sessions/end-others"):
            assert (await knock(browser, method, path, headers, json={"title": "Taken over"})).status_code == 403
    shown = await (await app.test_client().get(f"/api/posts/{post.id}")).get_json()
    assert shown["title"] == post.title


async def test_reading_is_open_to_links_from_anywhere(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    for method in ("GET", "HEAD"):
        assert (await knock(browser, method, "/dashboard", REFUSED["cross-site"])).status_code == 200


ORIGIN = "https://app.example.org"


@pytest.mark.parametrize("settings", [{"cors_origins": ORIGIN}])
async def test_scripts_of_other_origins_act_with_a_token_never_with_the_cookie(app: Quart, ada: Person):
    post = await make.post(app, ada)
    browser = await signed_in(app, ada)
    foreign = {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"}
    change = {"path": f"/api/posts/{post.id}", "method": "PATCH", "json": {"title": "By a script"}}
    assert (await browser.open(**change, headers=foreign)).status_code == 401
    allowed = await browser.open(**change, headers=foreign | await bearer(app, ada))
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert (await knock(browser, "POST", "/auth/logout", foreign)).status_code == 403
    mail = await (await browser.get(f"/api/users/{ada.id}", headers=foreign)).get_json()
    assert "email" not in mail


async def test_no_get_changes_anything(app: Quart, ada: Person):
    """So a link or a picture on another page can't either: SameSite=Lax sends the cookie along with links."""
    post = await make.post(app, ada)
    browser = await signed_in(app, ada)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            given = {"username": "ada", "kind": "json" if "feed" in rule.rule else "posts"}
            path = str(rule.build({name: given.get(name, post.id) for name in rule.arguments})[1])
            answer = await browser.get(path)
            assert answer.status_code < 500, path
    assert (await browser.get("/dashboard")).status_code == 200
    assert (await app.test_client().get(f"/api/posts/{post.id}")).status_code == 200
