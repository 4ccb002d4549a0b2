"""What a reader gets on a phone over a slow line: little, and nothing that moves while it comes."""

from __future__ import annotations

import pytest

from tests.browser.checks import PHONE, SHIFTS
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
"""Milliseconds, and bytes a second: what Lighthouse calls a slow 4G, and its phones have."""
HEAVIEST = 60_000
"""Bytes of a page with all but its pictures, before they are compressed on the way."""
WEIGHT = """
[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .filter(entry => entry.initiatorType !== 'img')
  .reduce((sum, entry) => sum + entry.decodedBodySize, 0)
"""
TEXT = "The sea was out, and the whole beach lay open like a book. " * 20
POST = "\n\n".join(f"## Part {number}\n\n{TEXT}" for number in range(1, 9)) + "\n\n```python\nprint('low tide')\n```"


async def test_pages_are_light_and_nothing_moves(blog: str, visit: Visit, newcomer: str):
    author, reader = await visit(blog), await visit(blog, viewport=PHONE)
    await author.register(newcomer)
    await author.log_in(newcomer)
    await author.open("/posts/new")
    await author.fill(title="A long walk at low tide", content=POST, tags="Walks")
    await author.press("Publish")
    await author.sees("Your post is published.")
    line = await reader.context.new_cdp_session(reader.page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", SLOW)
    for path in ("/", author.path, "/tags/walks", "/search?q=tide", f"/users/{newcomer}"):
        await reader.page.goto(blog + path, wait_until="load")
        assert await reader.measure(SHIFTS) == 0, path
        assert await reader.measure(WEIGHT) < HEAVIEST, path
