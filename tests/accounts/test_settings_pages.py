"""What people change about their own account, in the browser."""

from __future__ import annotations

import re

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.accounts.models import User
from tests.accounts import make
from tests.people import PASSWORD, Client, Person, bearer, resources, signed_in, token
from tests.posts import make as posts
from tests.reading import Page, get, send, words

NEW_PASSWORD = "a calm grey harbour"


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


def _rows(page: Page, section: str) -> list[str]:
    """The words of each row of a list in a section."""
    (found,) = (part for part in page.all("section") if part.get("aria-labelledby") == section)
    return [words(row) for row in found.iter("li")]


async def _account(app: Quart, person: Person) -> User | None:
    async with resources(app).db.transaction() as session:
        return await session.get(User, person.id)


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
    account = await _account(app, ada)
    assert account is not None
    assert account.email == ada.email


async def test_an_address_needs_the_password(app: Quart, browser: Client, ada: Person):
    page = await send(browser, "/settings/email", email="thief@example.org", current_password="wrong")
    assert page.status == 422
    assert page.error("email-current_password") == "This is not your password."
    account = await _account(app, ada)
    assert account is not None
    assert account.email == ada.email


async def test_sessions_are_listed_with_the_one_at_hand_marked(app: Quart, browser: Client, ada: Person):
    await signed_in(app, ada)
    rows = _rows(await get(browser, "/settings"), "sessions")
    assert len(rows) == 2
    assert sum("This device" in row for row in rows) == 1


async def test_ending_a_session_signs_that_browser_out(app: Quart, browser: Client, ada: Person):
    other = await signed_in(app, ada)
    page = await get(browser, "/settings")
    (end,) = (url for name, url in page.actions().items() if name.startswith("End:"))
    page = await send(browser, end)
    assert page.notices == [("success", "That session is ended.")]
    assert len(_rows(page, "sessions")) == 1
    assert (await get(other, "/settings")).path == "/auth/login?next=/settings"


async def test_ending_all_other_sessions_keeps_the_one_at_hand(app: Quart, browser: Client, ada: Person):
    others = [await signed_in(app, ada) for _ in range(2)]
    page = await send(browser, (await get(browser, "/settings")).actions()["End all other sessions"])
    assert page.path == "/settings"
    assert len(_rows(page, "sessions")) == 1
    assert "End all other sessions" not in page.actions()
    for other in others:
        assert (await get(other, "/settings")).path == "/auth/login?next=/settings"


async def test_nobody_ends_the_sessions_of_others(app: Quart, browser: Client, grace: Person):
    other = await signed_in(app, grace)
    await signed_in(app, grace)
    theirs = [url for name, url in (await get(other, "/settings")).actions().items() if name.startswith("End:")]
    page = await send(browser, theirs[0])
    assert page.status == 404
    assert len(_rows(await get(other, "/settings"), "sessions")) == 2


async def test_a_token_is_shown_once_and_works(app: Quart, browser: Client, ada: Person):
    page = await send(browser, "/settings/tokens", name="backup script", expires_in_days="30")
    assert page.status == 201
    assert page.response.headers["Cache-Control"] == "no-store"
    (secret,) = (words(code) for code in page.all("code") if code.get("class") == "secret")
    answer = await app.test_client().get("/api/tokens", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    later = await get(browser, "/settings")
    assert secret not in later.text
    (row,) = _rows(later, "tokens")
    assert row.startswith(f"backup script …{secret[-4:]} Made")
    assert "expires" in row


async def test_a_revoked_token_is_dead_at_once(app: Quart, browser: Client, ada: Person):
    program = await bearer(app, ada)
    page = await get(browser, "/settings")
    page = await send(browser, page.actions()["Revoke: tests"])
    assert page.notices == [("success", "That token is revoked.")]
    assert _rows(page, "tokens") == []
    assert (await app.test_client().get("/api/tokens", headers=program)).status_code == 401


async def test_nobody_revokes_the_tokens_of_others(app: Quart, browser: Client, grace: Person):
    program = await bearer(app, grace)
    page = await get(await signed_in(app, grace), "/settings")
    assert (await send(browser, page.actions()["Revoke: tests"])).status == 404
    assert (await app.test_client().get("/api/tokens", headers=program)).status_code == 200


async def test_a_refused_token_stands_beside_its_field(browser: Client):
    for field, typed in (
        ("name", ""),
        ("name", "x" * 81),
        ("expires_in_days", "0"),
        ("expires_in_days", "3651"),
        ("expires_in_days", "x"),
    ):
        page = await send(browser, "/settings/tokens", **({"name": "script", "expires_in_days": ""} | {field: typed}))
        assert page.status == 422
        assert page.error(f"token-{field}")
        assert page.value(f"token-{field}") == typed
        assert _rows(page, "tokens") == []


async def test_the_name_of_a_token_is_shown_as_it_was_typed(app: Quart, browser: Client):
    await send(browser, "/settings/tokens", name='<b>"x"</b>')
    (row,) = _rows(await get(browser, "/settings"), "tokens")
    assert row.startswith('<b>"x"</b> …')


async def test_deleting_the_account_says_how_many_posts_go_along(app: Quart, browser: Client, ada: Person):
    assert "no posts" in (await get(browser, "/settings/delete")).main
    await posts.post(app, ada)
    assert "your one post" in (await get(browser, "/settings/delete")).main
    await posts.post(app, ada)
    assert "your 2 posts" in (await get(browser, "/settings/delete")).main


async def test_a_deleted_account_is_gone_with_its_posts_sessions_and_tokens(app: Quart, browser: Client, ada: Person):
    post, secret = await posts.post(app, ada), await token(app, ada)
    page = await send(browser, "/settings/delete", username="ada", current_password=PASSWORD)
    assert page.path == "/"
    assert page.notices == [("info", "Your account and its posts are deleted.")]
    assert await _account(app, ada) is None
    assert (await get(browser, f"/posts/{post.id}")).status == 404
    assert (await get(browser, "/settings")).path == "/auth/login?next=/settings"
    answer = await app.test_client().get("/api/tokens", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


async def test_an_account_is_deleted_only_on_purpose(app: Quart, browser: Client, ada: Person):
    fields = {"username": "ada", "current_password": PASSWORD}
    for field, typed, message in (
        ("username", "grace", "Type ada to confirm."),
        ("username", "", "Please fill this in."),
        ("current_password", "wrong", "This is not your password."),
    ):
        page = await send(browser, "/settings/delete", **(fields | {field: typed}))
        assert page.status == 422
        assert page.error(field) == message
    assert await _account(app, ada) is not None


async def test_a_name_with_spaces_around_it_can_be_deleted(app: Quart):
    person = await make.user(app, " old name ", email="old@example.org")
    browser = await signed_in(app, person)
    page = await send(browser, "/settings/delete", username="old name", current_password=PASSWORD)
    assert page.path == "/"
    assert await _account(app, person) is None


async def test_the_next_account_does_not_get_a_deleted_ones_cookie(app: Quart, browser: Client, ada: Person):
    await send(browser, "/settings/delete", username="ada", current_password=PASSWORD)
    newcomer = await make.user(app, "mary")
    assert newcomer.id > ada.id
    assert (await get(browser, "/settings")).path == "/auth/login?next=/settings"


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
