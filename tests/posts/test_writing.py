"""Writing and publishing in the browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.infra.db import now
from blogapp.posts.models import Post
from tests.people import Client, Person, resources, signed_in
from tests.posts.editor import MINE, stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send, words


async def test_a_published_post_is_shown_at_its_address(browser: Client):
    page = await send(browser, "/posts/new", title=TITLE, content="The sea was out.\r\n\r\nhttps://a.example/ too.")
    assert page.path == "/posts/1/what-the-tide-left-behind"
    assert page.notices == [("success", "Your post is published.")]
    assert page.h1 == TITLE
    assert page.title == f"{TITLE} · blogapp"
    assert [words(paragraph) for paragraph in page.prose] == ["The sea was out.", "https://a.example/ too."]
    assert page.links["ada"] == "/users/ada"


async def test_writing_needs_an_account_and_comes_back_after_the_login(client: Client, post: Post):
    assert (await get(client, "/posts/new")).path == "/auth/login?next=/posts/new"
    assert (await get(client, "/posts/1/edit")).path == "/auth/login?next=/posts/1/edit"
    assert (await get(client, "/posts/1/delete")).path == "/auth/login?next=/posts/1/delete"


REFUSED = [
    ("title", "", "Please fill this in."),
    ("title", "Tide", "Use at least 5 characters."),
    ("title", "    Tide    ", "Use at least 5 characters."),
    ("title", "x" * 201, "Use at most 200 characters."),
    ("content", "", "Please fill this in."),
    ("content", "The sea.", "Use at least 10 characters."),
    ("content", "  The sea.\r\n\r\n ", "Use at least 10 characters."),
    ("content", "x" * 100_001, "Use at most 100,000 characters."),
    ("content", "The sea was\x0c out.", "This holds invisible control characters, which can't be kept."),
]


@pytest.mark.parametrize("path", ["/posts/new", "/posts/1/edit"])
async def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(
    app: Quart, browser: Client, post: Post, path: str, subtests: pytest.Subtests
):
    for field, typed, message in REFUSED:
        with subtests.test(field=field, typed=typed[:20]):
            page = await send(browser, path, **(MINE | {"version": "1", field: typed}))
            assert page.status == 422
            assert page.error(field) == message
            for name, value in (MINE | {field: typed}).items():
                assert page.value(name) == value.replace("\x0c", "").replace("\r\n", "\n")
    assert [stored.title for stored in await stored_posts(app)] == [TITLE]


async def test_what_was_refused_for_invisible_characters_can_be_sent_again(browser: Client):
    page = await send(browser, "/posts/new", title="The\x00 sea \ufffewas out", content=CONTENT + "\x0b\x1f")
    assert page.status == 422
    page = await send(browser, "/posts/new", title=page.value("title"), content=page.value("content"))
    assert page.h1 == "The sea was out"


LIMITS = [
    ("x" * 5, "y" * 10),
    ("x" * 200, "y" * 100_000),
    ("x" * 200, "\r\n".join(["yyyy"] * 20_000) + "y"),
    ("\U0001f419" * 200, "\U0001f419" * 100_000),
]


async def test_the_limits_count_characters_as_authors_do(app: Quart, browser: Client, subtests: pytest.Subtests):
    for title, content in LIMITS:
        with subtests.test(title=title[:5], content=content[:10]):
            page = await send(browser, "/posts/new", title=title, content=content)
            assert page.status == 200, page.main[:200]
            stored = (await stored_posts(app))[-1]
            assert stored.title == title
            assert stored.content == content.replace("\r\n", "\n")


async def test_browsers_are_told_the_rules_but_not_to_cut_a_pasted_text(browser: Client):
    page = await get(browser, "/posts/new")
    assert page.by_id("title").attrib.items() >= {"minlength": "5", "maxlength": "200", "required": ""}.items()
    assert page.by_id("content").attrib.items() >= {"minlength": "10", "required": ""}.items()
    assert "maxlength" not in page.by_id("content").attrib
    assert "10 to 100,000 characters." in page.main


async def test_a_text_may_begin_with_an_empty_line_and_keeps_its_inner_ones(browser: Client):
    page = await send(browser, "/posts/new", title="Tide", content="\r\n\r\n  One\r\n\r\n\r\n two")
    assert page.value("content") == "\n\n  One\n\n\n two"


async def test_pressing_publish_twice_makes_one_post(app: Quart, browser: Client):
    first = await send(browser, "/posts/new", **MINE)
    second = await send(browser, "/posts/new", **MINE)
    assert first.path == second.path
    assert len(await stored_posts(app)) == 1


async def test_pressing_publish_twice_at_once_makes_one_post(app: Quart, browser: Client):
    pages = await asyncio.gather(*(send(browser, "/posts/new", **MINE) for _ in range(5)))
    assert {page.path for page in pages} == {"/posts/1/my-own-harbour"}
    assert len(await stored_posts(app)) == 1


async def test_the_same_text_may_be_published_by_others_and_later(app: Quart, browser: Client, grace: Person):
    await send(browser, "/posts/new", **MINE)
    await send(await signed_in(app, grace), "/posts/new", **MINE)
    async with resources(app).db.transaction() as session:
        for stored in await session.scalars(select(Post)):
            stored.created_at = now() - timedelta(minutes=2)
    await send(browser, "/posts/new", **MINE)
    assert len(await stored_posts(app)) == 3


async def test_the_post_of_somebody_else_cannot_be_taken_by_a_field(app: Quart, browser: Client, grace: Person):
    await send(browser, "/posts/new", **MINE, user_id=str(grace.id), id="99", version="7", author="grace")
    (stored,) = await stored_posts(app)
    assert (stored.id, stored.user_id, stored.slug) == (1, 1, "my-own-harbour")
