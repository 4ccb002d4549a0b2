"""What a reader is told of while the page is open: never without being asked for, and nothing moves."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.browser.checks import look_over
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

LONG = "A paragraph of the sea, and of what it left behind.\n\n" * 40


def _notice(visitor: Visitor) -> Locator:
    return visitor.page.locator("#live")


async def _open(visitor: Visitor, path: str) -> None:
    """Once it listens."""
    async with visitor.page.expect_websocket() as opened:
        await visitor.open(path)
    socket = await opened.value
    await socket.wait_for_event("framereceived")


async def test_new_posts_appear_as_a_bar_that_shows_them_when_pressed(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    for number in range(12):
        await author.context.request.post(f"{blog}/posts/new", form={"title": f"Before {number}", "content": LONG})
    await _open(reader, "/")
    await reader.measure("scrollTo(0, 500)")
    before = await reader.measure("[scrollY, document.querySelector('.entry').getBoundingClientRect().top]")
    await author.write("The first new one", LONG)
    await expect(_notice(reader)).to_have_text("1 new post")
    await author.write("The second new one", LONG)
    await expect(_notice(reader)).to_have_text("2 new posts")
    assert before == await reader.measure("[scrollY, document.querySelector('.entry').getBoundingClientRect().top]")
    assert await reader.page.get_by_text("The second new one").count() == 0
    await look_over(reader)
    await reader.follow("2 new posts")
    await reader.sees("The second new one")
    await expect(_notice(reader)).to_have_text("")


async def test_an_open_post_says_that_it_was_edited_and_keeps_the_place(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("What the tide left", LONG)
    await _open(reader, path)
    await reader.measure("scrollTo(0, 700)")
    await author.follow("Edit")
    await author.fill(content="A new beginning.\n\n" + LONG)
    await author.press("Save changes")
    await expect(_notice(reader)).to_have_text("This post was edited. Show the new text")
    assert await reader.measure("scrollY") == 700
    assert await reader.page.get_by_text("A new beginning.").count() == 0
    await look_over(reader)
    await reader.measure("scrollTo(0, 700)")
    await reader.follow("Show the new text")
    await reader.sees("A new beginning.")
    await expect(_notice(reader)).to_have_text("")
    assert await reader.measure("scrollY") > 0


async def test_a_new_title_leads_to_the_new_address(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("An old title", LONG)
    await _open(reader, path)
    await author.follow("Edit")
    await author.fill(title="A new title")
    await author.press("Save changes")
    await reader.follow("Show the new text")
    await reader.reads("A new title")
    assert reader.path.endswith("/a-new-title")


async def test_a_deleted_post_says_so_and_stays_to_be_read(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("Soon to be gone", LONG)
    await _open(reader, path)
    await author.follow("Delete")
    await author.press("Delete the post")
    await expect(_notice(reader)).to_have_text("This post was deleted.")
    await reader.reads("Soon to be gone")
    await look_over(reader)


async def test_who_was_away_is_told_what_was_missed(blog: str, visit: Visit):
    """Without a connection, and then with one again."""
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    await _open(reader, "/")
    await reader.measure("dispatchEvent(new Event('pagehide'))")
    await author.write("Written meanwhile", LONG)
    await expect(_notice(reader)).to_have_text("")
    await reader.measure("dispatchEvent(new Event('pageshow'))")
    await expect(_notice(reader)).to_have_text("1 new post")


async def test_a_page_opened_behind_others_hears_what_came_before_it_was_looked_at(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")
    path = await author.write("Read much later", LONG)
    await reader.page.add_init_script("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    await reader.open(path)
    await author.follow("Edit")
    await author.fill(content="Another text than the one that was opened.")
    await author.press("Save changes")
    await author.sees("Your changes are saved.")
    await expect(_notice(author)).to_have_text("")
    await expect(_notice(reader)).to_have_text("")
    await reader.measure("delete document.hidden, document.dispatchEvent(new Event('visibilitychange'))")
    await expect(_notice(reader)).to_have_text("This post was edited. Show the new text")


async def test_without_scripts_pages_are_as_ever(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog, scripts=False)
    await author.log_in("ada")
    await author.write("For everyone to read", LONG)
    await reader.open("/")
    await reader.sees("For everyone to read")
    assert re.fullmatch(r"\s*", await _notice(reader).inner_text())


async def test_a_tags_page_says_what_is_new_under_it_alone(blog: str, visit: Visit):
    author, reader = await visit(blog), await visit(blog)
    await author.log_in("ada")

    async def publish(title: str, tags: str) -> None:
        await author.context.request.post(f"{blog}/posts/new", form={"title": title, "content": LONG, "tags": tags})

    await publish("The first of the whales", "Whales")
    await _open(reader, "/tags/whales")
    await publish("Of something else", "Gulls")
    await publish("The second of the whales", "Gulls, Whales")
    await expect(_notice(reader)).to_have_text("1 new post")
    await reader.follow("1 new post")
    await reader.sees("The second of the whales")
    assert reader.path == "/tags/whales"
