"""Registering, signing in and out, as people at a browser see it."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.accounts.models import Session, User
from blogapp.infra.db import now
from tests.accounts import make
from tests.people import PASSWORD, Client, Person, resources, signed_in
from tests.reading import get, read, send

NEWCOMER = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}


async def _users(app: Quart) -> list[str]:
    async with resources(app).db.transaction() as session:
        return list(await session.scalars(select(User.username).order_by(User.id)))


async def _sessions(app: Quart) -> int:
    async with resources(app).db.transaction() as session:
        return len((await session.scalars(select(Session.id))).all())


async def test_registering_leads_to_the_login_with_the_address_filled_in(client: Client):
    page = await send(client, "/auth/register", **NEWCOMER)
    assert page.path == "/auth/login"
    assert page.notices == [("success", "Account created! Please log in.")]
    assert page.value("email") == "mary@example.org"
    again = await get(client, "/auth/login")
    assert again.notices == []
    assert again.value("email") == ""


async def test_registering_signs_nobody_in(client: Client):
    await send(client, "/auth/register", **NEWCOMER)
    assert (await get(client, "/dashboard")).path == "/auth/login?next=/dashboard"


async def test_the_new_account_can_log_in_and_write(client: Client):
    await send(client, "/auth/register", **NEWCOMER)
    page = await send(client, "/auth/login", email=NEWCOMER["email"], password=PASSWORD)
    assert page.path == "/"
    assert "Write" in page.links
    assert "Log out" in page.actions()


async def test_a_taken_name_is_said_beside_the_field_and_the_rest_stays_filled(app: Quart, client: Client, ada: Person):
    page = await send(client, "/auth/register", **(NEWCOMER | {"username": "ADA"}))
    assert page.status == 409
    assert page.error("username") == "Username already taken"
    assert page.value("username") == "ADA"
    assert page.value("email") == "mary@example.org"
    assert page.value("password") == page.value("confirm_password") == ""
    assert await _users(app) == ["ada"]


async def test_a_taken_address_is_said_beside_the_field(app: Quart, client: Client, ada: Person):
    page = await send(client, "/auth/register", **(NEWCOMER | {"email": "Ada@Example.org"}))
    assert page.status == 409
    assert page.error("email") == "This e-mail address already has an account"
    assert await _users(app) == ["ada"]


REFUSED = [
    ("username", "", "Please fill this in."),
    ("username", "al", "Use at least 3 characters."),
    ("username", "a" * 21, "Use at most 20 characters."),
    ("username", "a b c", "Use only the letters A to Z, digits, _ and -."),
    ("username", "\u0430da", "Use only the letters A to Z, digits, _ and -."),
    ("email", "mary", "This is not a complete e-mail address."),
    ("email", "mary@localhost", "This is not a complete e-mail address."),
    ("email", "", "Please fill this in."),
    ("password", "short", "Use at least 8 characters."),
    ("password", "x" * 129, "Use at most 128 characters."),
    ("password", "password1", "This is one of the commonest passwords. Choose another."),
    ("confirm_password", PASSWORD + " ", "Passwords must match"),
    ("confirm_password", "", "Please fill this in."),
]


async def test_each_refusal_stands_beside_its_field(app: Quart, client: Client, subtests: pytest.Subtests):
    for field, typed, message in REFUSED:
        with subtests.test(field=field, typed=typed):
            page = await send(client, "/auth/register", **(NEWCOMER | {field: typed}))
            assert page.status == 422
            assert page.error(field) == message
            assert message in page.summary
            assert PASSWORD not in page.text
    assert await _users(app) == []


async def test_all_refusals_are_said_at_once(client: Client):
    page = await send(client, "/auth/register", username="a!", email="x", password="y", confirm_password="z")
    assert all(page.error(field) for field in ("username", "email", "password"))


async def test_a_password_is_neither_trimmed_nor_cut(client: Client):
    secret = "  " + "\U0001f419" * 100 + " ends in spaces  "
    await send(client, "/auth/register", **(NEWCOMER | {"password": secret, "confirm_password": secret}))
    assert (await send(client, "/auth/login", email="mary@example.org", password=secret.strip())).status == 401
    assert (await send(client, "/auth/login", email="mary@example.org", password=secret)).path == "/"


async def test_browsers_are_not_told_to_cut_a_pasted_password(client: Client):
    page = await get(client, "/auth/register")
    assert "maxlength" not in page.by_id("password").attrib
    assert page.by_id("password").attrib["minlength"] == "8"
    assert page.by_id("username").attrib["maxlength"] == "20"


async def test_nobody_can_register_as_an_administrator(app: Quart, client: Client):
    await send(client, "/auth/register", **NEWCOMER, is_admin="true", id="1")
    async with resources(app).db.transaction() as session:
        user = await session.scalar(select(User))
    assert user is not None
    assert not user.is_admin


@pytest.mark.parametrize("settings", [{"registration": "closed"}, {"registration": "invite"}])
async def test_closed_registration_says_so_and_makes_no_account(app: Quart, client: Client):
    page = await get(client, "/auth/register")
    assert page.h1 == "Registration is closed"
    page = await send(client, "/auth/register", **NEWCOMER)
    assert page.status == 403
    assert page.h1 == "Registration is closed"
    assert await _users(app) == []
    assert "Register" not in page.links
    assert "Create an account" not in (await get(client, "/auth/login")).links


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
async def test_whoever_is_signed_in_goes_home(app: Quart, ada: Person, path: str):
    browser = await signed_in(app, ada)
    assert (await get(browser, path)).path == "/"
    assert (await send(browser, path, **NEWCOMER)).path == "/"
    assert await _users(app) == ["ada"]
    assert await _sessions(app) == 1


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


async def test_what_was_asked_for_survives_the_registration(client: Client):
    page = await get(client, "/posts/new")
    page = await get(client, page.links["Create an account"])
    page = await send(client, page.actions()["Create my account"], **(NEWCOMER | {"username": "!"}))
    page = await send(client, page.actions()["Create my account"], **NEWCOMER)
    page = await send(client, page.actions()["Log in"], email=page.value("email"), password=PASSWORD)
    assert page.path == "/posts/new"


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
    assert await _sessions(app) == 0


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


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_register": "1/minute"}])
async def test_registrations_from_one_address_are_limited_but_typing_errors_are_not(app: Quart, client: Client):
    for _ in range(3):
        assert (await send(client, "/auth/register", **(NEWCOMER | {"username": "!"}))).status == 422
    assert (await send(client, "/auth/register", **NEWCOMER)).path == "/auth/login"
    second = NEWCOMER | {"username": "joan", "email": "joan@example.org"}
    assert (await send(app.test_client(), "/auth/register", **second)).status == 429


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
