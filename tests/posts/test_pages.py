"""Writing, reading, editing and deleting in the browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from quart import Quart
from sqlalchemy import select, text

from blogapp.infra.db import now
from blogapp.posts.models import Post
from tests.people import Client, Person, resources, signed_in
from tests.posts import make
from tests.posts.make import CONTENT, TITLE
from tests.reading import Page, get, read, send, words

MINE = {"title": "My own harbour", "content": "What I wrote in the meantime, and would hate to lose."}
THEIRS = {"title": "Their harbour", "content": "What somebody else wrote, and would hate to lose."}


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


@pytest.fixture
async def post(app: Quart, ada: Person) -> Post:
    return await make.post(app, ada)


async def _stored(app: Quart) -> list[Post]:
    async with resources(app).db.transaction() as session:
        return list(await session.scalars(select(Post).order_by(Post.id)))


async def _save(browser: Client, opened: Page, **fields: str) -> Page:
    """Send an edit form as it was opened, with some fields changed."""
    given = {"title": opened.value("title"), "content": opened.value("content"), "version": opened.hidden("version")}
    return await send(browser, opened.path, **(given | fields))


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
    assert [stored.title for stored in await _stored(app)] == [TITLE]


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
            stored = (await _stored(app))[-1]
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
    assert len(await _stored(app)) == 1


async def test_pressing_publish_twice_at_once_makes_one_post(app: Quart, browser: Client):
    pages = await asyncio.gather(*(send(browser, "/posts/new", **MINE) for _ in range(5)))
    assert {page.path for page in pages} == {"/posts/1/my-own-harbour"}
    assert len(await _stored(app)) == 1


async def test_the_same_text_may_be_published_by_others_and_later(app: Quart, browser: Client, grace: Person):
    await send(browser, "/posts/new", **MINE)
    await send(await signed_in(app, grace), "/posts/new", **MINE)
    async with resources(app).db.transaction() as session:
        for stored in await session.scalars(select(Post)):
            stored.created_at = now() - timedelta(minutes=2)
    await send(browser, "/posts/new", **MINE)
    assert len(await _stored(app)) == 3


async def test_editing_shows_the_text_and_saves_the_change(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    assert opened.value("title") == TITLE
    assert opened.value("content") == CONTENT
    page = await _save(browser, opened, title="What the tide took away")
    assert page.path == "/posts/1/what-the-tide-took-away"
    assert page.notices == [("success", "Your changes are saved.")]
    assert page.h1 == "What the tide took away"
    assert "Edited" not in page.main


async def test_a_post_edited_later_says_when(app: Quart, browser: Client, post: Post):
    async with resources(app).db.transaction() as session:
        (await session.get_one(Post, post.id)).created_at = now() - timedelta(days=3)
    assert "Edited" in (await get(browser, f"/posts/{post.id}")).main


async def test_editing_keeps_old_addresses_alive(browser: Client, post: Post):
    await _save(browser, await get(browser, "/posts/1/edit"), title="What the tide took away")
    for old in ("/posts/1", "/posts/1/what-the-tide-left-behind", "/posts/1/anything"):
        response = await browser.get(old)
        assert response.status_code == 301
        assert response.headers["Location"] == "/posts/1/what-the-tide-took-away"


async def test_a_post_may_get_its_old_title_back(browser: Client, post: Post):
    """Browsers keep a bare 301 for ever: the two addresses would lead to each other."""
    await _save(browser, await get(browser, "/posts/1/edit"), title="What the tide took away")
    response = await browser.get("/posts/1/what-the-tide-left-behind")
    assert response.headers["Cache-Control"] == "no-cache"
    page = await _save(browser, await get(browser, "/posts/1/edit"), title=TITLE)
    assert page.path == "/posts/1/what-the-tide-left-behind"


async def test_saving_without_a_change_is_no_edit(app: Quart, browser: Client, post: Post):
    page = await _save(browser, await get(browser, "/posts/1/edit"))
    assert page.path == "/posts/1/what-the-tide-left-behind"
    (stored,) = await _stored(app)
    assert (stored.version, stored.updated_at) == (1, post.updated_at)


async def test_the_second_writer_sees_both_texts(app: Quart, browser: Client, post: Post, root: Person):
    mine, theirs = await get(browser, "/posts/1/edit"), await get(await signed_in(app, root), "/posts/1/edit")
    await _save(await signed_in(app, root), theirs, **THEIRS)
    page = await _save(browser, mine, **MINE)
    assert page.status == 409
    assert "This post was changed while you were writing." in page.main
    assert (page.value("title"), page.value("content")) == (MINE["title"], MINE["content"])
    assert (page.value("saved-title"), page.value("saved-content")) == (THEIRS["title"], THEIRS["content"])
    (stored,) = await _stored(app)
    assert stored.title == THEIRS["title"]


async def test_saving_again_replaces_what_the_second_writer_has_seen(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await _save(browser, opened, **THEIRS)
    conflict = await _save(browser, opened, **MINE)
    page = await send(browser, conflict.actions()["Save over it"], **MINE, version=conflict.hidden("version"))
    assert page.notices == [("success", "Your changes are saved.")]
    assert page.h1 == MINE["title"]


async def test_a_third_writer_in_between_is_a_conflict_again(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await _save(browser, opened, **THEIRS)
    conflict = await _save(browser, opened, **MINE)
    await _save(browser, await get(browser, "/posts/1/edit"), title="A third harbour")
    again = await send(browser, "/posts/1/edit", **MINE, version=conflict.hidden("version"))
    assert again.status == 409
    assert again.value("saved-title") == "A third harbour"
    assert again.value("title") == MINE["title"]


async def test_a_conflict_survives_a_typing_error(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await _save(browser, opened, **THEIRS)
    refused = await _save(browser, opened, **(MINE | {"title": "x"}))
    assert refused.status == 422
    assert (await _save(browser, refused, title=MINE["title"])).status == 409


async def test_pressing_save_twice_is_no_conflict(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    pages = await asyncio.gather(*(_save(browser, opened, **MINE) for _ in range(3)))
    assert [page.status for page in pages] == [200, 200, 200]


async def test_of_writers_at_once_one_wins_and_the_others_see_it(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    pages = await asyncio.gather(*(_save(browser, opened, title=f"Harbour number {n}") for n in range(4)))
    assert sorted(page.status for page in pages) == [200, 409, 409, 409]
    (stored,) = await _stored(app)
    assert stored.version == 2
    assert {page.value("saved-title") for page in pages if page.status == 409} == {stored.title}


async def test_a_form_without_a_version_saves(browser: Client, post: Post):
    page = await send(browser, "/posts/1/edit", **MINE)
    assert page.h1 == MINE["title"]


async def test_a_version_that_is_none_is_refused(browser: Client, post: Post):
    for version in ("0", "-1", "x", "99999999999999999999"):
        assert (await send(browser, "/posts/1/edit", **MINE, version=version)).status == 422


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
    page = await _save(browser, opened, **MINE)
    assert page.status == 404
    assert "Your text is not lost" in page.main
    assert page.value("content") == MINE["content"]
    assert "Send it again" not in page.actions()


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_write": "1/minute"}])
async def test_a_text_sent_too_soon_is_given_back_to_send_again(app: Quart, browser: Client, ada: Person):
    await send(browser, "/posts/new", **THEIRS)
    page = await send(browser, "/posts/new", **MINE)
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert (page.value("title"), page.value("content")) == (MINE["title"], MINE["content"])
    await resources(app).throttle.reset()
    page = await send(browser, page.actions()["Send it again"], title=MINE["title"], content=page.value("content"))
    assert page.h1 == MINE["title"]


async def test_a_text_refused_as_cross_site_is_given_back_without_a_button(app: Quart, browser: Client):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        page = await read(await browser.post("/posts/new", form=MINE, headers=headers))
        assert page.status == 403
        assert page.value("content") == MINE["content"]
        assert "Send it again" not in page.actions()
    assert await _stored(app) == []


async def test_a_text_is_given_back_while_the_database_is_away(app: Quart, browser: Client):
    async with resources(app).db.transaction() as session:
        await session.execute(text("DROP TABLE posts"))
    page = await send(browser, "/posts/new", **MINE)
    assert page.status in {500, 503}
    assert page.value("content") == MINE["content"]
    assert "Send it again" in page.actions()


async def test_deleting_asks_first_and_tells_it_is_done(app: Quart, browser: Client, post: Post):
    asked = await get(browser, "/posts/1/delete")
    assert asked.h1 == "Delete this post?"
    assert TITLE in asked.main
    assert len(await _stored(app)) == 1
    page = await send(browser, asked.actions()["Delete the post"])
    assert page.path == "/dashboard"
    assert page.notices == [("info", "The post is deleted.")]
    assert await _stored(app) == []
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
    (stored,) = await _stored(app)
    assert stored.title == TITLE


async def test_an_administrator_may_edit_and_delete_and_the_author_stays(app: Quart, post: Post, root: Person):
    admin = await signed_in(app, root)
    page = await _save(admin, await get(admin, "/posts/1/edit"), **MINE)
    assert page.links["ada"] == "/users/ada"
    assert (await send(admin, "/posts/1/delete")).path == "/dashboard"
    assert await _stored(app) == []


async def test_there_is_no_page_for_a_post_that_is_not(browser: Client, subtests: pytest.Subtests):
    numbers = ("7", "0", "2147483648", "9" * 30, "-1", "1.0", "01", "1e3", "%00", "\u0661", "x")
    for number in numbers:
        for path in ("", "/x", "/edit", "/delete"):
            with subtests.test(number=number, path=path):
                assert (await get(browser, f"/posts/{number}{path}")).status == 404


async def test_the_post_of_somebody_else_cannot_be_taken_by_a_field(app: Quart, browser: Client, grace: Person):
    await send(browser, "/posts/new", **MINE, user_id=str(grace.id), id="99", slug="x", author="grace")
    (stored,) = await _stored(app)
    assert (stored.id, stored.user_id, stored.slug) == (1, 1, "my-own-harbour")
