"""Logging in and out, as people at a browser see it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from quart import Quart

from blogapp.accounts.models import User
from blogapp.infra.db import now
from tests.accounts import make
from tests.accounts.stored import names, sessions
from tests.people import PASSWORD, Client, Person, resources, signed_in
from tests.reading import get, read, send

NEWCOMER = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
async def test_whoever_is_signed_in_goes_home(app: Quart, ada: Person, path: str):
    browser = await signed_in(app, ada)
    assert (await get(browser, path)).path == "/"
    assert (await send(browser, path, **NEWCOMER)).path == "/"
    assert await names(app) == ["ada"]
    assert await sessions(app) == 1


async def test_an_account_is_known_by_its_address_in_any_case(client: Client, ada: Person):
    page = await send(client, "/auth/login", email=" ADA@Example.ORG ", password=PASSWORD)
    assert page.path == "/"


async def test_a_wrong_address_and_a_wrong_password_are_told_the_same(client: Client, ada: Person):
    for given in ({"password": "wrong"}, {"email": "nobody@example.org"}, {"email": "not an address"}):
        page = await send(client, "/auth/login", **(ada.login | given))
        assert page.status == 401
        assert page.summary == "Invalid email or password"
        assert page.value("email") == (ada.login | given)["email"]
        assert page.value("password") == ""


async def test_an_empty_login_form_is_told_what_is_missing(client: Client):
    page = await send(client, "/auth/login", email="", password="")
    assert page.status == 422
    assert page.error("email") == page.error("password") == "Please fill this in."


async def test_not_remembered_is_a_cookie_of_the_browser_session(app: Quart, ada: Person):
    response = await app.test_client().post("/auth/login", form=ada.login)
    cookie = next(line for line in response.headers.getlist("Set-Cookie") if line.startswith("blogapp_auth"))
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_remembered_is_a_cookie_of_thirty_days(app: Quart, ada: Person):
    for ticked in ("true", "y", "on", "1"):
        response = await app.test_client().post("/auth/login", form=ada.login | {"remember_me": ticked})
        cookie = next(line for line in response.headers.getlist("Set-Cookie") if line.startswith("blogapp_auth"))
        assert f"Max-Age={30 * 24 * 3600}" in cookie


async def test_remember_me_stays_ticked_after_a_refusal(client: Client, ada: Person):
    page = await send(client, "/auth/login", email=ada.email, password="wrong", remember_me="true")
    assert "checked" in page.by_id("remember_me").attrib


async def test_what_was_asked_for_comes_after_the_login(app: Quart, client: Client, ada: Person):
    page = await get(client, "/posts/new?from=home")
    assert page.path == f"/auth/login?next={quote('/posts/new?from=home', safe='/?')}"
    assert "Please log in first" in page.main
    wrong = await send(client, page.actions()["Log in"], email=ada.email, password="wrong")
    right = await send(client, wrong.actions()["Log in"], **ada.login)
    assert right.path == "/posts/new?from=home"


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "http:evil.example",
    "/%5Cevil.example\\",
    "/\u2028x",
    "",
]


async def test_next_never_leads_to_another_site(app: Quart, client: Client, ada: Person, subtests: pytest.Subtests):
    for target in ELSEWHERE:
        with subtests.test(target=target):
            url = f"/auth/login?next={quote(target, safe='')}"
            assert (await get(client, url)).actions()["Log in"] == "/auth/login"
            response = await app.test_client().post(url, form=ada.login)
            assert response.status_code == 303
            assert response.headers["Location"] == "/"


async def test_next_may_be_any_page_of_this_site(app: Quart, ada: Person, subtests: pytest.Subtests):
    for target in ("/posts/new", "/users/ada?page=2", "/a//b", "/%2F%2Fevil.example", "/?next=//x"):
        with subtests.test(target=target):
            url = f"/auth/login?next={quote(target, safe='')}"
            response = await app.test_client().post(url, form=ada.login)
            assert response.headers["Location"] == target


async def test_logging_out_happens_by_a_button(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    asked = await get(browser, "/auth/logout")
    assert asked.h1 == "Log out?"
    assert (await get(browser, "/dashboard")).path == "/dashboard"
    page = await send(browser, asked.actions()["Log out"])
    assert page.path == "/"
    assert page.notices == [("info", "You have been logged out.")]
    assert (await get(browser, "/")).notices == []
    assert (await get(browser, "/dashboard")).path == "/auth/login?next=/dashboard"
    assert await sessions(app) == 0


async def test_a_copied_cookie_is_dead_after_logging_out(app: Quart, ada: Person):
    browser, thief = await signed_in(app, ada), app.test_client()
    for cookie in browser.cookie_jar:
        thief.set_cookie("localhost", cookie.name, cookie.value or "")
    assert (await get(thief, "/dashboard")).path == "/dashboard"
    await send(browser, "/auth/logout")
    assert (await get(thief, "/dashboard")).path == "/auth/login?next=/dashboard"


async def test_logging_out_without_being_logged_in_is_harmless(client: Client):
    assert (await get(client, "/auth/logout")).path == "/"
    assert (await send(client, "/auth/logout")).path == "/"


async def test_a_suspended_account_is_told_so_only_after_its_password(app: Quart, client: Client, ada: Person):
    async with resources(app).db.transaction() as session:
        (await session.get_one(User, ada.id)).suspended_at = now()
    assert "suspended" in (await send(client, "/auth/login", **ada.login)).summary
    assert "suspended" not in (await send(client, "/auth/login", email=ada.email, password="wrong")).summary


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_login": "2/minute"}])
async def test_too_many_tries_are_told_when_to_come_back(client: Client, ada: Person):
    for _ in range(2):
        assert (await send(client, "/auth/login", email=ada.email, password="wrong")).status == 401
    page = await send(client, "/auth/login", **ada.login)
    assert page.status == 429
    assert page.h1 == "Too many tries"
    assert 0 < int(page.response.headers["Retry-After"]) <= 60
    assert "wait" in page.main


@pytest.mark.parametrize("path", ["/auth/register", "/auth/login"])
async def test_what_no_browser_sends_is_refused(client: Client, path: str, subtests: pytest.Subtests):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for body, status in (
        (b"username=a&username=b", 400),
        (b"username=%FF", 400),
        (b"a&" * 2000, 400),
        (b"&".join(b"f%d=1" % number for number in range(2000)), 400),
        (b"username=%00ad%00a&email=a%40example.org", 422),
        (b"email=%00&password=x", 422),
    ):
        with subtests.test(body=body[:40]):
            page = await read(await client.post(path, data=body, headers=headers))
            assert page.status == status


async def test_json_is_not_taken_for_a_form(client: Client):
    assert (await client.post("/auth/login", json={"email": "x", "password": "y"})).status_code == 415


async def test_another_site_can_sign_nobody_in(client: Client, ada: Person):
    for name, value in (
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
    ):
        page = await read(await client.post("/auth/login", form=ada.login, headers={name: value}))
        assert page.status == 403
        assert "Set-Cookie" not in page.response.headers


async def test_a_name_taken_over_from_elsewhere_signs_in_as_it_is(app: Quart, subtests: pytest.Subtests):
    for number, name in enumerate(("Zo\u00eb Z\u00fcrich", "a/b", "x" * 80, "50% <b>&amp;", ".hidden", "  padded  ")):
        with subtests.test(name=name):
            person = await make.user(app, name, email=f"old{number}@localhost")
            browser = app.test_client()
            assert (await send(browser, "/auth/login", **person.login)).path == "/"
            assert (await get(browser, "/settings")).links[" ".join(name.split())].startswith("/users/")
