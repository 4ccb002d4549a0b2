"""Every rule about posts holds at both doors."""

from __future__ import annotations

import asyncio

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.people import Person
from tests.posts.doors import DOORS, Door
from tests.posts.editor import stored_posts
from tests.posts.make import CONTENT, TITLE

DRAFT = {"title": "My own harbour", "content": "What I wrote, and would hate to lose."}
NOT_KEPT = "This holds invisible control characters, which can't be kept."
UNSEEN = "Use at least one character that can be seen."
REFUSED = [
    ({"title": "Tide"}, "title", "Use at least 5 characters."),
    ({"title": "     Tide     "}, "title", "Use at least 5 characters."),
    ({"title": "x" * 201}, "title", "Use at most 200 characters."),
    ({"title": "The\x00 sea"}, "title", NOT_KEPT),
    ({"title": "\u200b" * 10}, "title", UNSEEN),
    ({"content": "The sea."}, "content", "Use at least 10 characters."),
    ({"content": " \n The sea. \n "}, "content", "Use at least 10 characters."),
    ({"content": "x" * 100_001}, "content", "Use at most 100,000 characters."),
    ({"content": "\u2060\u200b" * 10}, "content", UNSEEN),
    ({"state": "lost"}, "state", "This must be draft, scheduled, published, unlisted or private."),
    ({"new_series": " \u3000"}, "new_series", "Please fill this in."),
    ({"content": "The sea\x00 was out."}, "content", NOT_KEPT),
]
KEPT_AS = [
    ("  What \t the\n tide  took ", "What the tide took"),
    ("Cafe\u0301 on the pier", "Caf\u00e9 on the pier"),
    ("\U0001f419" * 200, "\U0001f419" * 200),
    ("<b>Bold</b> & brave", "<b>Bold</b> & brave"),
]


@pytest.fixture(params=["form", "json"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]()


async def test_an_author_publishes(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    assert (await door.publish(**DRAFT)).status == 200
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.content, stored.user_id) == (*DRAFT.values(), ada.id)
    assert stored.slug == "my-own-harbour"
    assert (stored.version, stored.created_at) == (1, stored.updated_at)


async def test_a_stranger_does_nothing(app: Quart, door: Door, post: Post):
    await door.open_as(app, None)
    said = [await door.publish(**DRAFT), await door.edit(post.id, **DRAFT), await door.delete(post.id)]
    assert [one.status for one in said] == [401, 401, 401]
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.version) == (TITLE, 1)


async def test_others_do_nothing(app: Quart, door: Door, post: Post, grace: Person):
    await door.open_as(app, grace)
    said = [await door.edit(post.id, **DRAFT), await door.delete(post.id)]
    assert [one.status for one in said] == [403, 403]
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.version) == (TITLE, 1)


async def test_an_administrator_edits_and_deletes_for_the_author(app: Quart, door: Door, post: Post, root: Person):
    await door.open_as(app, root)
    assert (await door.edit(post.id, **DRAFT)).status == 200
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.user_id) == (DRAFT["title"], post.user_id)
    assert (await door.delete(post.id)).status == 200
    assert await stored_posts(app) == []


async def test_what_is_missing_is_named(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    for field in DRAFT:
        said = await door.publish(**{name: value for name, value in DRAFT.items() if name != field})
        assert said.status == 422
        assert "Please fill this in." in said.body
    assert await stored_posts(app) == []


async def test_the_same_sentence_refuses_the_same_text(
    app: Quart, door: Door, post: Post, ada: Person, subtests: pytest.Subtests
):
    await door.open_as(app, ada)
    for fields, field, message in REFUSED:
        with subtests.test(field=field, typed=str(fields)[:40]):
            for said in (await door.publish(**(DRAFT | fields)), await door.edit(post.id, **fields)):
                assert said.status == 422
                assert message in said.body
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.content, stored.version) == (TITLE, CONTENT, 1)


async def test_titles_are_kept_on_one_line_and_composed(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    for typed, kept in KEPT_AS:
        assert (await door.publish(title=typed, content=CONTENT)).status == 200
        assert (await stored_posts(app))[-1].title == kept


async def test_lines_of_a_text_end_the_same_way(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    await door.publish(title=TITLE, content="\r\nOne line\r\nand\ranother\n\n\tand more \r\n")
    (stored,) = await stored_posts(app)
    assert stored.content == "One line\nand\nanother\n\n\tand more"


async def test_an_edit_changes_text_address_version_and_time(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    assert (await door.edit(post.id, title="What the tide took away")).status == 200
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.content) == ("What the tide took away", CONTENT)
    assert (stored.slug, stored.version) == ("what-the-tide-took-away", 2)
    assert stored.created_at == post.created_at
    assert stored.updated_at > post.updated_at


async def test_an_edit_that_changes_nothing_leaves_the_row_alone(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    assert (await door.edit(post.id, title=TITLE, content=CONTENT)).status == 200
    (stored,) = await stored_posts(app)
    assert (stored.version, stored.updated_at) == (1, post.updated_at)


async def test_the_second_writer_overwrites_nothing_unseen(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    seen = await door.see(post.id)
    assert (await door.edit_seen(post.id, seen, title="The first writer")).status == 200
    assert (await door.edit_seen(post.id, seen, title="The second writer")).status == 409
    assert (await door.edit_seen(post.id, await door.see(post.id), title="The second writer")).status == 200
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.version) == ("The second writer", 3)


async def test_of_writers_at_once_exactly_one_wins(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    seen = await door.see(post.id)
    said = await asyncio.gather(*(door.edit_seen(post.id, seen, title=f"Writer number {n}") for n in range(4)))
    assert sorted(one.status for one in said) == [200, 409, 409, 409]
    (stored,) = await stored_posts(app)
    assert stored.version == 2


async def test_a_deleted_post_is_gone_and_its_number_is_not_given_again(
    app: Quart, door: Door, post: Post, ada: Person
):
    await door.open_as(app, ada)
    assert (await door.delete(post.id)).status == 200
    said = [await door.edit(post.id, **DRAFT), await door.delete(post.id)]
    assert [one.status for one in said] == [404, 404]
    await door.publish(**DRAFT)
    (stored,) = await stored_posts(app)
    assert stored.id == post.id + 1


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_write": "2/minute"}])
async def test_writing_is_limited_for_each_account(app: Quart, door: Door, ada: Person, grace: Person):
    await door.open_as(app, ada)
    said = [await door.publish(title=f"Post number {n}", content=CONTENT) for n in range(3)]
    assert [one.status for one in said] == [200, 200, 429]
    await door.open_as(app, grace)
    assert (await door.publish(**DRAFT)).status == 200
    assert len(await stored_posts(app)) == 3
