"""Found while one types, without losing the place, and without scripts as well."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.checks import look_over
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


async def test_what_is_typed_is_found_and_kept_in_the_address(blog: str, visit: Visit):
    reader = await visit(blog)
    await reader.log_in("ada")
    await reader.write("A narwhal in the fjord", "It had come up for air between the floes.")
    await reader.open("/search")
    field, status = reader.page.get_by_label("Search all posts"), reader.page.locator("#found [role=status]")
    await field.press_sequentially("narw")
    await expect(status).to_have_text("1 post")
    await expect(reader.page.locator("mark").first).to_have_text("narwhal")
    await expect(reader.page).to_have_url(f"{blog}/search?q=narw")
    await expect(field).to_be_focused()
    await look_over(reader)
    await field.fill("narwhal before:soon")
    await expect(reader.page.locator("#q-error")).to_contain_text("a year, a month or a day")
    await expect(field).to_have_attribute("aria-invalid", "true")
    await look_over(reader)
    await field.fill("narwhal -fjord")
    await expect(status).to_have_text("Nothing found")
    await expect(reader.page.locator("#q-error")).to_have_count(0)
    await field.fill("")
    await expect(status).to_have_text("")
    await expect(reader.page).to_have_url(f"{blog}/search")
