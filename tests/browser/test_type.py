"""How a post is set, on a screen and on paper."""

from __future__ import annotations

import pytest

from tests.browser.checks import DESK, SMALLEST
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

TEXT = "The sea was out, and the whole beach lay open like a book. " * 20
CODE = f"```python\ntide = '{'low ' * 60}'\n```"
NARROWEST_WITH_MARGINS = {"width": 1152, "height": 800}
SIGNS_IN_A_LINE = """
(() => {
  const paragraph = document.querySelector('.prose p');
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
  return paragraph.textContent.length / (lines.size - 0.5);
})()
"""
"""On average; the last line is half a one."""
BEGINNINGS = "['.prose', '#comments-title'].map(one => document.querySelector(one).getBoundingClientRect().left)"
CUT_OFF = "[...document.querySelectorAll('pre')].filter(pre => pre.scrollWidth > pre.clientWidth).length"
FOR_SCREENS = """
[...document.querySelectorAll('.button, .menu a, .bottom a, .copy')].filter(one => one.offsetWidth).map(one => one.outerHTML)
"""
DISTANCES = """
(() => {
  const part = document.querySelector('PART');
  const range = document.createRange();
  range.selectNodeContents(part);
  const words = range.getBoundingClientRect(), room = part.getBoundingClientRect();
  return room.right - words.right < words.left - room.left ? 'right' : 'left';
})()
"""
"""On which side of its room a part begins."""
SHADE = "getComputedStyle(document.documentElement).getPropertyValue('--shade')"
LINES_OF_A_BUTTON = (
    "document.querySelector('.pages .button').clientHeight / parseFloat(getComputedStyle(document.body).fontSize)"
)


async def test_lines_of_a_text_are_as_long_as_eyes_like_them(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog, viewport=DESK)
    await author.register(newcomer)
    await author.log_in(newcomer)
    path = await author.write("How a line is set", TEXT)
    await reader.open(path)
    assert 60 <= await reader.measure(SIGNS_IN_A_LINE) <= 75
    for size in (DESK, NARROWEST_WITH_MARGINS):
        await reader.page.set_viewport_size(size)
        text, comments = await reader.measure(BEGINNINGS)
        assert text == comments


async def test_a_post_on_paper_is_whole_and_light(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog)
    await author.register(newcomer)
    await author.log_in(newcomer)
    path = await author.write("How a page is printed", f"{TEXT}\n\n{CODE}")
    await reader.open(path)
    assert await reader.measure(CUT_OFF) == 1
    by_day = await reader.measure(SHADE)
    await reader.page.emulate_media(media="print", color_scheme="dark")
    assert await reader.measure(CUT_OFF) == 0
    assert await reader.measure(SHADE) == by_day
    assert await reader.measure(FOR_SCREENS) == []


async def test_a_word_on_a_button_is_not_broken_on_the_smallest_phone(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog, viewport=SMALLEST)
    await author.register(newcomer)
    await author.log_in(newcomer)
    for number in range(11):
        form = {"title": f"Post number {number}", "content": "Long enough."}
        await author.context.request.post(f"{blog}/posts/new", form=form)
    await reader.open(f"/users/{newcomer}")
    assert await reader.measure(LINES_OF_A_BUTTON) < 3


async def test_a_text_runs_the_way_its_script_does(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog)
    await author.register(newcomer)
    await author.log_in(newcomer)
    path = await author.write("عنوان باللغة العربية", "هذا نص باللغة العربية.")
    await reader.open(path)
    for part in ("h1", ".prose p"):
        assert await reader.measure(DISTANCES.replace("PART", part)) == "right", part


async def test_the_contents_of_a_long_post_have_room_on_every_screen(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog)
    await author.register(newcomer)
    await author.log_in(newcomer)
    parts = "\n\n".join(f"## Part {number}\n\n{TEXT}{TEXT}" for number in range(4))
    form = {"title": "A long walk", "content": parts}
    await author.context.request.post(f"{blog}/posts/new", form=form)
    await reader.open(f"/users/{newcomer}")
    await reader.follow("A long walk")
    for width in (320, 768, 1152, 1280, 1344, 1440, 1920):
        await reader.page.set_viewport_size({"width": width, "height": 800})
        assert await reader.measure("document.querySelector('.toc').clientWidth") >= 160, width
