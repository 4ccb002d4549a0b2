"""Whatever goes wrong on saving, the text comes back."""

from __future__ import annotations

import pytest
from quart import Quart
from sqlalchemy import text

from blogapp.labels import unpack
from blogapp.posts.models import Post
from tests.people import Client, Person, resources
from tests.posts.editor import MINE, THEIRS, save, stored_posts
from tests.reading import get, read, send


@pytest.mark.parametrize("path", ["/posts/new", "/posts/1/edit"])
async def test_whoever_was_signed_out_while_writing_keeps_the_text(
    app: Quart, browser: Client, post: Post, ada: Person, path: str
):
    await send(browser, "/auth/logout")
    page = await send(browser, path, **MINE, version="1")
    assert page.status == 401
    assert "You are logged out. Your text is kept below" in page.summary
    assert (page.value("title"), page.value("content")) == (MINE["title"], MINE["content"])
    await send(browser, "/auth/login", **ada.login)
    page = await send(browser, path, title=page.value("title"), content=page.value("content"), version="1")
    assert page.h1 == MINE["title"]


async def test_a_text_for_a_deleted_post_is_given_back(browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await send(browser, "/posts/1/delete")
    page = await save(browser, opened, **MINE)
    assert page.status == 404
    assert "Your text is not lost" in page.main
    assert page.value("content") == MINE["content"]
    assert "Send it again" not in page.actions()


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_write": "1/minute"}])
async def test_a_text_sent_too_soon_is_given_back_to_send_again(app: Quart, browser: Client, ada: Person):
    await send(browser, "/posts/new", **THEIRS)
    page = await send(browser, "/posts/new", **MINE, state="draft", tags="Sea, Sand", new_series="Letters")
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert (page.value("title"), page.value("content")) == (MINE["title"], MINE["content"])
    await resources(app).throttle.reset()
    fields = {field.attrib["name"]: page.value(field.attrib["name"]) for field in page.all("textarea")}
    fields |= {field.attrib["name"]: field.attrib["value"] for field in page.all("input")}
    page = await send(browser, page.actions()["Send it again"], **fields)
    assert page.h1 == MINE["title"]
    stored = (await stored_posts(app))[-1]
    assert (stored.state, stored.series_id, len(unpack(stored.tags))) == ("draft", 1, 2)


async def test_a_text_refused_as_cross_site_is_given_back_without_a_button(app: Quart, browser: Client):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        page = await read(await browser.post("/posts/new", form=MINE, headers=headers))
        assert page.status == 403
        assert page.value("content") == MINE["content"]
        assert "Send it again" not in page.actions()
    assert await stored_posts(app) == []


async def test_a_text_is_given_back_while_the_database_is_away(app: Quart, browser: Client):
    async with resources(app).db.transaction() as session:
        await session.execute(text("ALTER TABLE posts RENAME TO lost"))
    page = await send(browser, "/posts/new", **MINE)
    assert page.status in {500, 503}
    assert page.value("content") == MINE["content"]
    assert "Send it again" in page.actions()
