"""Two people write one post: on a phone and at a desk, at the same time."""

from __future__ import annotations

from itertools import count

import pytest

from tests.browser.checks import PHONE, look_over
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

NAMES = (f"writer{number}" for number in count(1))
TEXT = "The frist paragraph stands here for a while.\n\nThe second one is still to be written."


async def test_a_co_author_mends_an_error_while_the_first_goes_on(blog: str, visit: Visit):
    first, second = await visit(blog, viewport=PHONE), await visit(blog)
    name, other = next(NAMES), next(NAMES)
    for visitor, username in ((first, name), (second, other)):
        await visitor.register(username)
        await visitor.log_in(username)
    path = await first.write("Written by two", TEXT)
    await first.follow("Edit")
    await first.follow("Authors")
    await first.fill(username=other)
    await first.press("Invite")
    await first.sees("not yet answered")
    await look_over(first)

    await second.open("/dashboard")
    await second.sees("would like you to write along")
    await look_over(second)
    async with second.page.expect_response("**/api/posts/*/here"):  # that they have it open
        await second.press("Accept: Written by two")
    await second.reads("Edit your post")

    await first.open(f"{path.rpartition('/')[0]}/edit")
    await first.sees(f"{other} has this post open, too.")
    await first.fill(content=TEXT.replace("still to be written", "written on the train"))
    await second.fill(content=TEXT.replace("frist", "first"))
    await second.press("Save changes")
    await second.sees("Your changes are saved.")
    await first.press("Save changes")
    await first.sees("both are in the post")
    await first.sees("The first paragraph stands here for a while.")
    await first.sees("The second one is written on the train.")
    await first.sees(f"{name} and {other}")
    await look_over(first)
