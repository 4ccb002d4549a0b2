"""The cover of a post, on a phone."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.checks import PHONE, SHIFTS, look_over
from tests.browser.conftest import Visit
from tests.media import make

pytestmark = pytest.mark.browser


async def test_a_cover_is_chosen_in_the_form_and_moves_nothing_on_the_page(blog: str, visit: Visit, newcomer: str):
    author = await visit(blog, viewport=PHONE)
    await author.register(newcomer)
    await author.log_in(newcomer)
    await author.open("/posts/new")
    sent = {"name": "beach.jpg", "mimeType": "image/jpeg", "buffer": make.picture()}
    await author.page.locator("#cover").set_input_files(sent)
    await author.sees("This is the cover now.")
    await author.fill(title="A day at the sea", content="The sea was out.", cover_alt="A beach", cover_caption="In May")
    await author.press("Preview")
    await expect(author.page.locator(".preview figure img[alt='A beach']")).to_be_visible()
    await author.sees("In May")
    await look_over(author)
    await author.press("Publish")
    await author.sees("Your post is published.")
    await author.page.reload(wait_until="load")
    cover = author.page.get_by_role("img", name="A beach")
    await expect(cover).to_be_in_viewport()
    assert await cover.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert await author.measure(SHIFTS) == 0
    await author.sees("In May")
    await look_over(author)
    await author.open("/")
    await expect(author.page.locator(".thumbnail").first).to_be_visible()
    await look_over(author)
