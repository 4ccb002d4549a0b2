"""Editing in the browser, alone and with others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from quart import Quart

from blogapp.infra.db import now
from blogapp.posts.models import Post
from tests.people import Client, Person, resources, signed_in
from tests.posts.editor import MINE, THEIRS, save, stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send


async def test_editing_shows_the_text_and_saves_the_change(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    assert opened.value("title") == TITLE
    assert opened.value("content") == CONTENT
    page = await save(browser, opened, title="What the tide took away")
    assert page.path == "/posts/1/what-the-tide-took-away"
    assert page.notices == [("success", "Your changes are saved.")]
    assert page.h1 == "What the tide took away"
    assert "Edited" not in page.main


async def test_a_post_edited_later_says_when(app: Quart, browser: Client, post: Post):
    async with resources(app).db.transaction() as session:
        (await session.get_one(Post, post.id)).published_at = now() - timedelta(days=3)
    assert "Edited" in (await get(browser, f"/posts/{post.id}")).main


async def test_editing_keeps_old_addresses_alive(browser: Client, post: Post):
    await save(browser, await get(browser, "/posts/1/edit"), title="What the tide took away")
    for old in ("/posts/1", "/posts/1/what-the-tide-left-behind", "/posts/1/anything"):
        response = await browser.get(old)
        assert response.status_code == 301
        assert response.headers["Location"] == "/posts/1/what-the-tide-took-away"


async def test_a_post_may_get_its_old_title_back(browser: Client, post: Post):
    """Browsers keep a bare 301 for ever: the two addresses would lead to each other."""
    await save(browser, await get(browser, "/posts/1/edit"), title="What the tide took away")
    response = await browser.get("/posts/1/what-the-tide-left-behind")
    assert response.headers["Cache-Control"] == "no-cache"
    page = await save(browser, await get(browser, "/posts/1/edit"), title=TITLE)
    assert page.path == "/posts/1/what-the-tide-left-behind"


async def test_saving_without_a_change_is_no_edit(app: Quart, browser: Client, post: Post):
    page = await save(browser, await get(browser, "/posts/1/edit"))
    assert page.path == "/posts/1/what-the-tide-left-behind"
    (stored,) = await stored_posts(app)
    assert (stored.version, stored.updated_at) == (1, post.updated_at)


async def test_the_second_writer_sees_both_texts(app: Quart, browser: Client, post: Post, root: Person):
    mine, theirs = await get(browser, "/posts/1/edit"), await get(await signed_in(app, root), "/posts/1/edit")
    await save(await signed_in(app, root), theirs, **THEIRS)
    page = await save(browser, mine, **MINE)
    assert page.status == 409
    assert "This post was changed while you were writing." in page.main
    assert (page.value("title"), page.value("content")) == (MINE["title"], MINE["content"])
    assert (page.value("saved-title"), page.value("saved-content")) == (THEIRS["title"], THEIRS["content"])
    (stored,) = await stored_posts(app)
    assert stored.title == THEIRS["title"]


async def test_saving_again_replaces_what_the_second_writer_has_seen(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await save(browser, opened, **THEIRS)
    conflict = await save(browser, opened, **MINE)
    page = await send(browser, conflict.actions()["Save over it"], **MINE, version=conflict.hidden("version"))
    assert page.notices == [("success", "Your changes are saved.")]
    assert page.h1 == MINE["title"]


async def test_a_third_writer_in_between_is_a_conflict_again(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await save(browser, opened, **THEIRS)
    conflict = await save(browser, opened, **MINE)
    await save(browser, await get(browser, "/posts/1/edit"), title="A third harbour")
    again = await send(browser, "/posts/1/edit", **MINE, version=conflict.hidden("version"))
    assert again.status == 409
    assert again.value("saved-title") == "A third harbour"
    assert again.value("title") == MINE["title"]


async def test_a_conflict_survives_a_typing_error(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    await save(browser, opened, **THEIRS)
    refused = await save(browser, opened, **(MINE | {"title": "x"}))
    assert refused.status == 422
    assert (await save(browser, refused, title=MINE["title"])).status == 409


async def test_pressing_save_twice_is_no_conflict(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    pages = await asyncio.gather(*(save(browser, opened, **MINE) for _ in range(3)))
    assert [page.status for page in pages] == [200, 200, 200]


async def test_of_writers_at_once_one_wins_and_the_others_see_it(app: Quart, browser: Client, post: Post):
    opened = await get(browser, "/posts/1/edit")
    pages = await asyncio.gather(*(save(browser, opened, title=f"Harbour number {n}") for n in range(4)))
    assert sorted(page.status for page in pages) == [200, 409, 409, 409]
    (stored,) = await stored_posts(app)
    assert stored.version == 2
    assert {page.value("saved-title") for page in pages if page.status == 409} == {stored.title}


async def test_a_form_without_a_version_saves(browser: Client, post: Post):
    page = await send(browser, "/posts/1/edit", **MINE)
    assert page.h1 == MINE["title"]


async def test_a_version_that_is_none_is_refused(browser: Client, post: Post):
    for version in ("0", "-1", "x", "99999999999999999999"):
        assert (await send(browser, "/posts/1/edit", **MINE, version=version)).status == 422


TWO = "The sea was out.\n\nThe beach lay open."


async def test_a_stale_form_changes_only_what_its_author_changed(app: Quart, browser: Client, post: Post):
    """A post that was taken back meanwhile must not be public again because of a typing error."""
    await save(browser, await get(browser, "/posts/1/edit"), content=TWO, state="published", tags="Sea")
    stale = await get(browser, "/posts/1/edit")
    beside = {"state": "published", "tags": "Sea"}
    await save(browser, stale, **(beside | {"state": "private", "tags": "Sea, Salt", "slug": "by-the-sea"}))
    await save(browser, stale, **beside, content=TWO.replace("open", "wide open"))
    (stored,) = await stored_posts(app)
    assert (stored.state, stored.slug, stored.content) == ("private", "by-the-sea", TWO.replace("open", "wide open"))
    assert (await get(browser, "/posts/1/edit")).value("tags") == "Sea, Salt"
    await save(browser, stale, **(beside | {"tags": "Foam"}), content=TWO.replace("open", "wide open"))
    assert (await get(browser, "/posts/1/edit")).value("tags") == "Foam"


async def test_a_time_that_was_left_alone_is_that_of_the_other(app: Quart, browser: Client, post: Post):
    later = {"state": "scheduled", "publish_at": f"{now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    await save(browser, await get(browser, "/posts/1/edit"), content=TWO, **later)
    stale = await get(browser, "/posts/1/edit")
    moved = {"state": "scheduled", "publish_at": f"{now() + timedelta(days=5):%Y-%m-%dT%H:%M}"}
    await save(browser, stale, **moved)
    page = await save(browser, stale, **later, content=TWO.replace("out", "far out"))
    assert page.status == 200
    assert (await get(browser, "/posts/1/edit")).value("publish_at") == moved["publish_at"]


async def test_a_conflict_takes_in_what_changed_elsewhere(browser: Client, post: Post):
    await save(browser, await get(browser, "/posts/1/edit"), content=TWO, tags="Sea")
    stale = await get(browser, "/posts/1/edit")
    beside = {"tags": "Sea"}
    theirs = TWO.replace("sea", "tide").replace("open", "wide open")
    await save(browser, stale, **(beside | {"tags": "Salt"}), content=theirs)
    page = await save(browser, stale, **beside, content=TWO.replace("sea", "water"))
    assert page.status == 409
    assert page.value("content") == "The water was out.\n\nThe beach lay wide open."
    assert page.value("tags") == "Salt"


async def test_what_a_form_says_it_showed_is_never_trusted(browser: Client, post: Post):
    for opened in ("", "x", "[]", "{", '{"tags": [1]}', '{"state": null}'):
        assert (await save(browser, await get(browser, "/posts/1/edit"), opened=opened)).status == 200
