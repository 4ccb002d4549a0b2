"""Saying something under a post, and looking after what others say there."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.checks import PHONE, look_over
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

DEEP = "A word as long as " + "w" * 150 + "\n\n> quoted\n\n- a list\n\n`and code`"


async def test_a_talk_on_a_phone_and_at_a_desk(blog: str, visit: Visit):
    author, commenter, reader = await visit(blog), await visit(blog, viewport=PHONE), await visit(blog)
    await author.log_in("ada")
    await commenter.log_in("grace")
    path = await author.write("The rope on the beach", "Somebody has left a rope on the beach.")
    await commenter.open(path)
    await commenter.page.get_by_label("Your comment").fill(DEEP)
    await commenter.press("Comment")
    await commenter.sees("It appears once somebody who looks after this post has seen it.")
    await look_over(commenter)
    await author.open("/dashboard")
    await author.follow("Comments")
    await look_over(author)
    await author.page.get_by_label("On The rope on the beach").check()
    await author.press("Show")
    await author.sees("1 comment shown.")
    async with reader.page.expect_websocket() as opened:
        await reader.open(path)
    await (await opened.value).wait_for_event("framereceived")
    await look_over(reader)
    await author.open(path)
    for number in range(6):
        await author.page.get_by_role("link", name="Reply").last.click()
        await author.page.get_by_label("Your answer").fill(f"Answer number {number}, which is long enough to be read.")
        await look_over(author) if not number else None
        await author.press("Comment")
        await author.sees("Your comment is there.")
    await look_over(author)
    notice = reader.page.locator("#live")
    await expect(notice).to_have_text("6 new comments")
    await reader.follow("6 new comments")
    await reader.sees("In answer to ada")
    await look_over(reader)
    await commenter.open(path)
    await commenter.page.get_by_role("link", name="Report the comment of ada").first.click()
    await look_over(commenter)
    await commenter.press("Report it")
    await commenter.sees("Thank you.")
    await commenter.page.get_by_role("link", name="Edit your comment").click()
    await look_over(commenter)
    await commenter.press("Save changes")
    await author.open("/dashboard/comments?state=reported")
    await look_over(author)
    await reader.open("/comments")
    await look_over(reader)
