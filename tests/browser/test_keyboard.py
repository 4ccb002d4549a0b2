"""Everything can be done without a mouse."""

from __future__ import annotations

import pytest

from tests.browser.checks import DESK, PHONE
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.browser

FOCUSED = """
(() => {
  const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
  return {
    tag: element.tagName.toLowerCase(),
    words: (element.innerText || element.labels?.[0]?.innerText || '').trim(),
    ringed: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inView: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    order: [...document.querySelectorAll('*')].indexOf(element)
  };
})()
"""


async def _tab(visitor: Visitor) -> dict[str, object]:
    await visitor.page.keyboard.press("Tab")
    found: dict[str, object] = await visitor.measure(FOCUSED)
    return found


async def _tab_to(visitor: Visitor, words: str) -> None:
    for _ in range(60):
        if (await _tab(visitor))["words"] == words:
            return
    raise AssertionError(f"no way to {words} by Tab")


async def test_the_first_tab_offers_to_skip_to_the_content(blog: str, visit: Visit):
    visitor = await visit(blog)
    await visitor.open("/auth/login")
    first = await _tab(visitor)
    assert (first["words"], first["inView"], first["ringed"]) == ("Skip to the content", True, True)
    await visitor.page.keyboard.press("Enter")
    assert await visitor.measure("document.activeElement.id") == "main"
    assert (await _tab(visitor))["words"] == "Create an account"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/auth/register", "/settings", "/posts/new"])
async def test_focus_is_seen_and_goes_down_the_page(blog: str, visit: Visit, path: str, viewport: dict[str, int]):
    visitor = await visit(blog, viewport=viewport)
    if path != "/auth/register":
        await visitor.log_in("ada")
    await visitor.open(path)
    seen = []
    while (focused := await _tab(visitor))["tag"] != "body" and len(seen) < 80:
        assert focused["ringed"], focused
        assert focused["inView"], focused
        seen.append(focused["order"])
    assert len(seen) >= 9
    assert seen == sorted(seen)


async def test_a_post_is_written_and_deleted_by_keyboard(blog: str, visit: Visit):
    visitor = await visit(blog)
    keyboard = visitor.page.keyboard
    await visitor.open("/posts/new")
    await _tab_to(visitor, "E-mail")
    await keyboard.type("grace@example.org")
    await _tab_to(visitor, "Password")
    await keyboard.type(PASSWORD)
    await keyboard.press("Enter")
    await visitor.reads("Write a post")
    await _tab_to(visitor, "Title")
    await keyboard.type("Written without a mouse")
    await _tab_to(visitor, "Text")
    await keyboard.type("Every key of it, and the line ")
    await keyboard.press("Enter")
    await keyboard.type("below as well.")
    await _tab_to(visitor, "Publish")
    await keyboard.press("Space")
    await visitor.reads("Written without a mouse")
    await _tab_to(visitor, "Delete")
    await keyboard.press("Enter")
    await visitor.reads("Delete this post?")
    await _tab_to(visitor, "Delete the post")
    await keyboard.press("Enter")
    await visitor.sees("The post is deleted.")
