"""Who may do what with a post in the browser, and deleting it."""

from __future__ import annotations

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.people import Client, Person, signed_in
from tests.posts.editor import MINE, save, stored_posts
from tests.posts.make import TITLE
from tests.reading import get, send


async def test_deleting_asks_first_and_tells_it_is_done(app: Quart, browser: Client, post: Post):
    asked = await get(browser, "/posts/1/delete")
    assert asked.h1 == "Delete this post?"
    assert TITLE in asked.main
    assert len(await stored_posts(app)) == 1
    page = await send(browser, asked.actions()["Delete the post"])
    assert page.path == "/dashboard"
    assert page.notices == [("info", "The post is deleted. It can be taken back from the trash for 30 days.")]
    assert await stored_posts(app) == []
    assert (await get(browser, "/posts/1")).status == 404


async def test_deleting_twice_finds_nothing_the_second_time(browser: Client, post: Post):
    await send(browser, "/posts/1/delete")
    assert (await send(browser, "/posts/1/delete")).status == 404


async def test_others_may_neither_edit_nor_delete(app: Quart, post: Post, grace: Person):
    other = await signed_in(app, grace)
    shown = await get(other, "/posts/1")
    assert not {"Edit", "Delete"} & shown.links.keys()
    for page in (
        await get(other, "/posts/1/edit"),
        await get(other, "/posts/1/delete"),
        await send(other, "/posts/1/edit", **MINE, version="1"),
        await send(other, "/posts/1/edit", title="x"),
        await send(other, "/posts/1/delete"),
    ):
        assert page.status == 403
        assert page.h1 == "This is not yours to do"
    (stored,) = await stored_posts(app)
    assert stored.title == TITLE


async def test_an_administrator_may_edit_and_delete_and_the_author_stays(app: Quart, post: Post, root: Person):
    admin = await signed_in(app, root)
    page = await save(admin, await get(admin, "/posts/1/edit"), **MINE)
    assert page.links["ada"] == "/users/ada"
    assert (await send(admin, "/posts/1/delete")).path == "/dashboard"
    assert await stored_posts(app) == []


async def test_there_is_no_page_for_a_post_that_is_not(browser: Client, subtests: pytest.Subtests):
    numbers = ("7", "0", "2147483648", "9" * 30, "-1", "1.0", "01", "1e3", "%00", "\u0661", "x")
    for number in numbers:
        for path in ("", "/x", "/edit", "/delete"):
            with subtests.test(number=number, path=path):
                assert (await get(browser, f"/posts/{number}{path}")).status == 404
