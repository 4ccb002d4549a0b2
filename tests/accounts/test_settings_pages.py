"""What people change about their own account, in the browser."""

from __future__ import annotations

import re

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.accounts.models import User
from tests.accounts.stored import account_of
from tests.people import PASSWORD, Client, Person, bearer, resources, signed_in
from tests.reading import get, send

NEW_PASSWORD = "a calm grey harbour"


async def test_settings_are_for_people_who_are_signed_in(client: Client):
    for path in ("/settings", "/settings/delete"):
        assert (await get(client, path)).path == f"/auth/login?next={path}"


async def test_nothing_is_changed_for_a_stranger(client: Client):
    acts = ("password", "email", "delete", "tokens", "tokens/1/revoke", "sessions/x/end", "sessions/end-others")
    for act in acts:
        page = await send(client, f"/settings/{act}", current_password=PASSWORD)
        assert page.status == 401
        assert page.h1 == "Please log in"


async def test_settings_are_not_kept_by_browsers(browser: Client):
    page = await get(browser, "/settings")
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.value("email-email") == "ada@example.org"


async def test_the_menu_marks_settings_on_every_page_of_theirs(browser: Client):
    mistyped = await send(browser, "/settings/password", current_password="")
    for page in (await get(browser, "/settings"), await get(browser, "/settings/delete"), mistyped):
        (marked,) = [link for link in page.all("a") if "aria-current" in link.attrib]
        assert marked.attrib["href"] == "/settings"
        assert marked.attrib["aria-current"] == ("page" if page.path == "/settings" else "true")


async def test_a_changed_password_is_the_one_that_works(app: Quart, browser: Client, ada: Person):
    page = await send(
        browser,
        "/settings/password",
        current_password=PASSWORD,
        new_password=NEW_PASSWORD,
        confirm_password=NEW_PASSWORD,
    )
    assert page.path == "/auth/login"
    assert page.notices == [("success", "Your password is changed. Please log in with the new one.")]
    assert (await send(browser, "/auth/login", **ada.login)).status == 401
    assert (await send(browser, "/auth/login", email=ada.email, password=NEW_PASSWORD)).path == "/"


async def test_a_changed_password_ends_every_session_and_token(app: Quart, browser: Client, ada: Person):
    other, program = await signed_in(app, ada), await bearer(app, ada)
    fields = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    await send(browser, "/settings/password", **fields)
    assert (await get(other, "/settings")).path == "/auth/login?next=/settings"
    assert (await app.test_client().get("/api/tokens", headers=program)).status_code == 401


async def test_a_refused_password_stands_beside_its_field(browser: Client, subtests: pytest.Subtests):
    fields = {"current_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    for field, typed, message in (
        ("current_password", "wrong", "This is not your password."),
        ("current_password", "", "Please fill this in."),
        ("new_password", "short", "Use at least 8 characters."),
        ("new_password", "password1", "This is one of the commonest passwords. Choose another."),
        ("confirm_password", "something else", "Passwords must match"),
    ):
        with subtests.test(field=field, typed=typed):
            page = await send(browser, "/settings/password", **(fields | {field: typed}))
            assert page.status == 422
            assert page.error(f"password-{field}") == message
            assert page.value("password-new_password") == ""
            assert page.error("email-current_password") == ""
    assert (await get(browser, "/settings")).path == "/settings"


async def test_a_changed_address_is_the_one_that_signs_in(app: Quart, browser: Client, ada: Person):
    page = await send(browser, "/settings/email", email="ada@new.example", current_password=PASSWORD)
    assert page.path == "/settings"
    assert page.notices == [("success", "Your e-mail address is changed.")]
    assert page.value("email-email") == "ada@new.example"
    assert (await send(app.test_client(), "/auth/login", **ada.login)).status == 401
    assert (await send(app.test_client(), "/auth/login", email="ada@new.example", password=PASSWORD)).path == "/"


async def test_somebody_elses_address_is_refused_and_stays_filled_in(
    app: Quart, browser: Client, ada: Person, grace: Person
):
    page = await send(browser, "/settings/email", email="GRACE@example.org", current_password=PASSWORD)
    assert page.status == 409
    assert page.error("email-email") == "This e-mail address already has an account"
    assert page.value("email-email") == "GRACE@example.org"
    account = await account_of(app, ada)
    assert account is not None
    assert account.email == ada.email


async def test_an_address_needs_the_password(app: Quart, browser: Client, ada: Person):
    page = await send(browser, "/settings/email", email="thief@example.org", current_password="wrong")
    assert page.status == 422
    assert page.error("email-current_password") == "This is not your password."
    account = await account_of(app, ada)
    assert account is not None
    assert account.email == ada.email


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_login": "2/minute"}])
async def test_a_stolen_browser_can_not_guess_the_password(app: Quart, browser: Client):
    for _ in range(2):
        page = await send(browser, "/settings/email", email="thief@example.org", current_password="guess")
        assert page.status == 422
    assert (await send(browser, "/settings/email", email="a@b.example", current_password=PASSWORD)).status == 429


async def test_an_administrator_is_told_to_be_one(app: Quart, root: Person):
    page = await get(await signed_in(app, root), "/settings")
    assert re.search("you are an administrator", page.main)


async def test_somebody_who_was_deleted_meanwhile_is_signed_out(app: Quart, browser: Client, ada: Person):
    async with resources(app).db.transaction() as session:
        await session.delete(await session.scalar(select(User)))
    assert (await get(browser, "/settings")).path == "/auth/login?next=/settings"
