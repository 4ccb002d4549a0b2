"""Deleting the own account."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.accounts import make
from tests.accounts.stored import account_of
from tests.people import PASSWORD, Client, Person, signed_in, token
from tests.posts import make as posts
from tests.reading import get, send

NEW_PASSWORD = "a calm grey harbour"


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


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
    assert await account_of(app, ada) is None
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
    assert await account_of(app, ada) is not None


async def test_a_name_with_spaces_around_it_can_be_deleted(app: Quart):
    person = await make.user(app, " old name ", email="old@example.org")
    browser = await signed_in(app, person)
    page = await send(browser, "/settings/delete", username="old name", current_password=PASSWORD)
    assert page.path == "/"
    assert await account_of(app, person) is None


async def test_the_next_account_does_not_get_a_deleted_ones_cookie(app: Quart, browser: Client, ada: Person):
    await send(browser, "/settings/delete", username="ada", current_password=PASSWORD)
    newcomer = await make.user(app, "mary")
    assert newcomer.id > ada.id
    assert (await get(browser, "/settings")).path == "/auth/login?next=/settings"
