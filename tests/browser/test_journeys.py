"""From the first visit to the last: on a phone, at a desk, and where scripts are switched off."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.checks import DESK, PHONE
from tests.browser.conftest import Visit
from tests.people import PASSWORD

TITLE = "What the tide left behind"
CONTENT = "The sea was out.\n\nhttps://a.example/ledger says why.\nThe gulls went quiet."

pytestmark = pytest.mark.browser

DEVICES = {"phone": (PHONE, True), "desk": (DESK, True), "phone without scripts": (PHONE, False)}


@pytest.mark.parametrize(("viewport", "scripts"), DEVICES.values(), ids=DEVICES)
async def test_an_author_writes_edits_meets_another_and_deletes(
    blog: str, visit: Visit, newcomer: str, viewport: Any, scripts: bool
):
    me = await visit(blog, viewport=viewport, scripts=scripts)
    await me.register(newcomer)
    assert await me.value("email") == f"{newcomer}@example.org"
    await me.log_in(newcomer)
    await me.write(TITLE, CONTENT)
    await me.reads(TITLE)
    assert await me.main().locator(".prose p").all_inner_texts() == [
        "The sea was out.",
        "https://a.example/ledger says why. The gulls went quiet.",
    ]
    await me.follow("Edit")
    other = await me.second_tab()
    await other.page.goto(me.page.url)
    await other.fill(title="Saved in the other tab")
    await other.press("Save changes")
    await other.reads("Saved in the other tab")
    await me.fill(title="Written in this tab")
    await me.press("Save changes")
    await me.sees("This post was changed while you were writing.")
    assert await me.value("title") == "Written in this tab"
    assert await me.value("saved-title") == "Saved in the other tab"
    assert await me.value("content") == await me.value("saved-content") == CONTENT
    await me.press("Save over it")
    await me.reads("Written in this tab")
    await me.follow("Dashboard")
    await me.follow("Delete: Written in this tab")
    await me.press("Delete the post")
    await me.sees("The post is deleted.")
    await me.sees("Start with a single page")
    await me.press("Log out")
    await me.sees("You have been logged out.")


@pytest.mark.parametrize(("viewport", "scripts"), [(PHONE, False), (DESK, True)], ids=["phone without scripts", "desk"])
async def test_settings_are_changed_one_by_one(blog: str, visit: Visit, newcomer: str, viewport: Any, scripts: bool):
    me, elsewhere = await visit(blog, viewport=viewport, scripts=scripts), await visit(blog)
    await me.register(newcomer)
    await me.log_in(newcomer)
    await elsewhere.log_in(newcomer)
    await me.follow("Settings")
    await me.press("End all other sessions")
    await me.sees("All other sessions are ended.")
    await elsewhere.open("/dashboard")
    await elsewhere.reads("Welcome back")
    await me.fill(**{"token-name": "backup script"})
    await me.press("Make a token")
    await me.sees("It is shown only this once.")
    await me.press("Revoke: backup script")
    await me.sees("That token is revoked.")
    await me.fill(**{"email-email": f"new.{newcomer}@example.org", "email-current_password": PASSWORD})
    await me.press("Change e-mail")
    await me.sees("Your e-mail address is changed.")
    fields = {"current_password": PASSWORD, "new_password": "a calm grey harbour"}
    fields["confirm_password"] = fields["new_password"]
    await me.fill(**{f"password-{name}": value for name, value in fields.items()})
    await me.press("Change password")
    await me.fill(email=f"new.{newcomer}@example.org", password="a calm grey harbour")
    await me.press("Log in")
    await me.open("/settings/delete")
    await me.fill(username=newcomer, current_password="a calm grey harbour")
    await me.press("Delete my account")
    await me.sees("Your account and its posts are deleted.")


@pytest.mark.parametrize(("viewport", "scripts"), [(PHONE, False), (DESK, True)], ids=["phone without scripts", "desk"])
async def test_what_the_server_refuses_is_said_beside_the_fields(
    blog: str, visit: Visit, newcomer: str, viewport: Any, scripts: bool
):
    me = await visit(blog, viewport=viewport, scripts=scripts)
    await me.open("/auth/register")
    await me.skip_native_validation()
    await me.fill(username="ada", email="nonsense", password="short", confirm_password="other")
    await me.press("Create my account")
    await me.sees("This is not a complete e-mail address.")
    assert await me.value("username") == "ada"
    assert await me.value("password") == ""
    await me.page.get_by_role("alert").get_by_role("link", name=re.compile("^E-mail:")).click()
    assert await me.measure("document.activeElement.id") == "email"
    await me.fill(email=f"{newcomer}@example.org", password=PASSWORD, confirm_password=PASSWORD)
    await me.press("Create my account")
    await me.sees("Username already taken")
    await me.fill(username=newcomer, password=PASSWORD, confirm_password=PASSWORD)
    await me.press("Create my account")
    await me.sees("Account created! Please log in.")
    await me.fill(password="not mine")
    await me.press("Log in")
    await me.sees("Invalid email or password")
    await me.log_in(newcomer)
    await me.open("/posts/new")
    await me.skip_native_validation()
    await me.fill(title="Tide")
    await me.paste("content", "x" * 100_001)
    await me.press("Publish")
    await me.sees("Use at most 100,000 characters.")
    assert await me.value("content") == "x" * 100_001


async def test_browsers_say_the_simple_things_themselves(blog: str, visit: Visit):
    me = await visit(blog)
    await me.open("/auth/register")
    await me.press("Create my account")
    assert me.path == "/auth/register"
    assert await me.measure("document.activeElement.id") == "username"
    assert await me.measure("document.querySelectorAll('#username:invalid').length") == 1


async def test_the_page_asked_for_comes_after_registering_and_logging_in(blog: str, visit: Visit, newcomer: str):
    me = await visit(blog)
    await me.open("/posts/new")
    await me.sees("Please log in first.")
    await me.follow("Create an account")
    await me.fill(username=newcomer, email=f"{newcomer}@example.org", password=PASSWORD, confirm_password=PASSWORD)
    await me.press("Create my account")
    await me.fill(password=PASSWORD)
    await me.press("Log in")
    await me.reads("Write a post")


async def test_a_text_written_while_logged_out_elsewhere_is_saved_after_logging_in(blog: str, visit: Visit):
    """Without scripts: with them, the editor asks for the password in place as soon as it has something to keep."""
    me = await visit(blog, scripts=False)
    await me.log_in("ada")
    await me.open("/posts/new")
    await me.fill(title=TITLE, content=CONTENT)
    other = await me.second_tab()
    await other.open("/")
    await other.press("Log out")
    await other.sees("You have been logged out.")
    await me.press("Publish")
    await me.sees("Your text is kept below")
    async with me.context.expect_page() as opened:
        await me.follow("Log in (opens a new tab)")
    await (await opened.value).close()
    await other.log_in("ada")
    await me.press("Publish")
    await me.sees("Your post is published.")
    assert await me.main().locator(".prose p").count() == 2


async def test_two_clicks_publish_one_post_and_back_keeps_the_text(blog: str, visit: Visit, newcomer: str):
    me = await visit(blog)
    await me.register(newcomer)
    await me.log_in(newcomer)
    await me.open("/posts/new")
    await me.fill(title=TITLE, content=CONTENT)
    await me.page.get_by_role("button", name="Publish").dblclick()
    await me.sees("Your post is published.")
    await me.page.go_back()
    assert await me.value("title") == TITLE
    assert await me.value("content") == CONTENT
    await me.press("Publish")
    await me.sees("Your post is published.")
    await me.follow("Dashboard")
    await me.sees("Published 1")


async def test_the_longest_text_counts_the_same_in_the_browser_and_here(blog: str, visit: Visit):
    me = await visit(blog)
    await me.log_in("grace")
    await me.open("/posts/new")
    text = "A line of the sea.\n" * 5263
    await me.fill(title="x" * 200)
    await me.paste("content", text + "\U0001f419\U0001f419\U0001f419")
    await me.press("Publish")
    await me.sees("Your post is published.")


async def test_after_logging_out_back_shows_no_settings(blog: str, visit: Visit):
    me = await visit(blog)
    await me.log_in("ada")
    await me.open("/settings")
    await me.press("Log out")
    await me.sees("You have been logged out.")
    await me.page.go_back()
    await me.reads("Welcome back")
