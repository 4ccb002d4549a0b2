"""The library of pictures, as people use it."""

from __future__ import annotations

import pytest

from tests.browser.checks import look_over
from tests.browser.conftest import Visit
from tests.media import make

pytestmark = pytest.mark.browser


async def test_pictures_are_sent_described_and_shown(blog: str, visit: Visit, newcomer: str):
    author = await visit(blog)
    await author.register(newcomer)
    await author.log_in(newcomer)
    await author.open("/dashboard/media")
    await look_over(author)
    await author.skip_native_validation()
    await author.press("Send")
    await author.sees("Choose a picture first.")
    await look_over(author)
    for number, size in enumerate([(1200, 800), (300, 900)]):
        sent = {"name": "beach.jpg", "mimeType": "image/jpeg", "buffer": make.picture(size=size)}
        await author.page.locator("#file").set_input_files(sent)
        await author.fill(alt="W" * 200 if number else "A beach at low tide")
        await author.press("Send")
        await author.sees("The picture is in your library.")
    markdown = await author.page.get_by_label("In a post").last.input_value()
    assert markdown.startswith("![A beach at low tide](/media/")
    await author.write("A day at the sea", f"Look:\n\n{markdown}\n\nThat was it.")
    shown = author.page.get_by_role("img", name="A beach at low tide")
    await shown.scroll_into_view_if_needed()
    assert await shown.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 480
    await look_over(author)
    await author.open("/dashboard/media")
    await author.sees("Shown in")
    await look_over(author)
    newest = await author.page.locator("[id^=picture-]").first.get_attribute("id")
    picture = f"picture {str(newest).removeprefix('picture-')}"
    await author.page.get_by_label(f"Description of {picture}").fill("A lighthouse")
    await author.page.get_by_role("button", name=f"Save description of {picture}").click()
    await author.sees("The description is saved.")
    await author.page.locator(f"#{newest}").get_by_role("button", name="Delete").click()
    await author.sees("The picture is deleted.")
