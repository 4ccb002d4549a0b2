"""Following, saving, liking, and being told of it, as readers do it."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.checks import PHONE, look_over
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


async def test_a_reader_keeps_what_they_like_without_leaving_their_place(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog, viewport=PHONE)
    await author.log_in("ada")
    await reader.log_in("grace")
    path = await author.write("A rope, a bell and a boat", "Somebody has left a rope on the beach. " * 60)
    await reader.open(path)
    like = reader.page.get_by_role("button", name="Like")
    await like.scroll_into_view_if_needed()
    before = await reader.measure("scrollY")
    await like.click()
    await expect(reader.page.get_by_role("button", name="Like 1 person does")).to_have_attribute("aria-pressed", "true")
    await expect(reader.page.get_by_role("button", name="Like 1 person does")).to_be_focused()
    await reader.press("Save")
    await expect(reader.page.get_by_role("button", name="Saved")).to_be_visible()
    assert await reader.measure("scrollY") == before
    assert reader.path == path
    await look_over(reader)

    await reader.follow("Follow ada")
    await reader.page.get_by_role("button", name="Follow ada").click()
    await reader.sees("What ada writes is in your feed from now on.")
    await look_over(reader)
    await reader.open("/following")
    await reader.sees("A rope, a bell and a boat")
    await look_over(reader)
    await reader.follow("Reading list")
    await reader.sees("A rope, a bell and a boat")
    await look_over(reader)
    await author.open("/notifications")
    await author.sees("grace follows you.")
    await look_over(author)


async def test_the_bell_rings_on_an_open_page(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("Who has lost a bell?", "It was found under the rope, and rings.")
    async with reader.page.expect_websocket():
        await reader.log_in("grace")
    async with reader.page.expect_websocket() as opened:
        await reader.open(path)
    await (await opened.value).wait_for_event("framereceived")
    bell = reader.page.locator("#bell .new")
    count = int(await bell.inner_text() or "0")
    await author.open(path)
    await author.page.get_by_label("Your comment").fill("Is it yours, @grace?")
    await author.press("Comment")
    await author.sees("Your comment is there.")
    await expect(author.page.get_by_role("link", name="@grace")).to_have_attribute("href", "/users/grace")
    await expect(bell).to_have_text(str(count + 1))
    await expect(reader.page.locator("#live")).to_have_text("1 new comment")
    await reader.page.get_by_role("link", name="Notifications").click()
    await reader.sees("ada mentions you on Who has lost a bell?")
    await look_over(reader)
    await reader.press("Mark all as seen")
    await expect(bell).to_be_empty()
    await look_over(reader)
