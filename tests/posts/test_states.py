"""Drafts, scheduled, unlisted and private posts, and the trash: who sees them, through both doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import update

from blogapp.infra.db import now
from blogapp.infra.outbox import Job
from blogapp.posts.models import Post
from tests import sql
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts import make
from tests.posts.doors import DOORS, Door
from tests.posts.editor import stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send
from tests.waiting import until

PUBLISHED = "SELECT count(*) FROM posts WHERE state = 'published'"
HIDDEN = ["draft", "scheduled", "private"]


@pytest.fixture(params=["form", "json"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]()


def tomorrow() -> str:
    return (now() + timedelta(days=1)).isoformat(timespec="seconds")


async def in_state(app: Quart, author: Person, state: str) -> Post:
    return await make.post(app, author, state=state, publish_at=tomorrow() if state == "scheduled" else None)


async def shown_to(client: Client, post: int, **headers: str) -> dict[str, bool]:
    """Where somebody finds the post."""
    page = await client.get(f"/posts/{post}", headers=headers)
    document = await client.get(f"/api/posts/{post}", headers=headers)
    listed = (await (await client.get("/api/posts")).get_json())["posts"]
    home = await (await client.get("/")).get_data(as_text=True)
    return {
        "page": page.status_code != 404,
        "document": document.status_code == 200,
        "lists": any(one["id"] == post for one in listed),
        "home": f'href="/posts/{post}/' in home,
    }


@pytest.mark.parametrize("state", HIDDEN)
async def test_what_is_hidden_is_its_authors_alone(app: Quart, door: Door, ada: Person, grace: Person, state: str):
    await door.open_as(app, ada)
    when = {"publish_at": tomorrow()} if state == "scheduled" else {}
    assert (await door.publish(title=TITLE, content=CONTENT, state=state, **when)).status == 200
    nowhere = {"page": False, "document": False, "lists": False, "home": False}
    assert await shown_to(app.test_client(), 1) == nowhere
    assert await shown_to(await signed_in(app, grace), 1) == nowhere
    assert await shown_to(await signed_in(app, ada), 1) == nowhere | {"page": True, "document": True}


async def test_what_is_unlisted_is_for_those_who_know_where(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    assert (await door.publish(title=TITLE, content=CONTENT, state="unlisted")).status == 200
    assert await shown_to(app.test_client(), 1) == {"page": True, "document": True, "lists": False, "home": False}


@pytest.mark.parametrize("state", HIDDEN)
async def test_others_can_do_nothing_to_what_they_may_not_see(app: Quart, ada: Person, grace: Person, state: str):
    post = await in_state(app, ada, state)
    browser, headers = await signed_in(app, grace), await bearer(app, grace)
    assert (await browser.get(f"/posts/{post.id}/edit")).status_code == 404
    assert (await browser.get(f"/posts/{post.id}/delete")).status_code == 404
    for method in ("PATCH", "DELETE"):
        response = await browser.open(
            f"/api/posts/{post.id}", method=method, json={"title": "Mine now"}, headers=headers
        )
        assert response.status_code == 404
    assert (await browser.post(f"/posts/{post.id}/edit", form={"title": TITLE, "content": CONTENT})).status_code == 404
    assert (await browser.post(f"/posts/{post.id}/delete")).status_code == 404


async def test_a_draft_is_published_with_the_time_of_that_moment(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    await door.publish(title=TITLE, content=CONTENT, state="draft")
    (draft,) = await stored_posts(app)
    assert draft.published_at is None
    assert (await door.edit(1, state="published")).status == 200
    (stored,) = await stored_posts(app)
    assert stored.published_at is not None
    assert stored.published_at > draft.created_at


async def test_what_appeared_once_keeps_its_time(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    for state in ("draft", "private", "unlisted", "published"):
        assert (await door.edit(post.id, state=state)).status == 200
    (stored,) = await stored_posts(app)
    assert stored.published_at == post.published_at


WRONG_TIMES = [
    ("", "Say when it is to appear."),
    ("2020-01-31T08:00:00+00:00", "This is in the past: choose a time to come, or publish now."),
    ("9999-12-31T23:59:59+00:00", "This must be within the next ten years."),
    ("9999-12-31T23:59:59-23:59", "This must be within the next ten years."),
    ("tomorrow", "Give a date and a time, as in 2030-01-31T08:00."),
]


async def test_a_time_that_can_not_be_is_refused_at_its_field(
    app: Quart, door: Door, ada: Person, subtests: pytest.Subtests
):
    await door.open_as(app, ada)
    for given, message in WRONG_TIMES:
        with subtests.test(given=given):
            when = {"publish_at": given} if given else {}
            said = await door.publish(title=TITLE, content=CONTENT, state="scheduled", **when)
            assert said.status == 422
            assert message in said.body
    assert await stored_posts(app) == []


async def test_a_form_has_times_of_the_writers_zone(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    local = {"state": "scheduled", "publish_at": "2030-01-31T08:00", "zone": "Asia/Tokyo"}
    await send(browser, "/posts/new", title=TITLE, content=CONTENT, **local)
    (stored,) = await stored_posts(app)
    assert stored.published_at is not None
    assert stored.published_at.isoformat() == "2030-01-30T23:00:00+00:00"


async def test_json_has_times_with_an_offset(app: Quart, client: Client, ada: Person):
    asked = {"title": TITLE, "content": CONTENT, "state": "scheduled", "publish_at": "2030-01-31T08:00"}
    response = await client.post("/api/posts", json=asked, headers=await bearer(app, ada))
    (problem,) = (await response.get_json())["errors"]
    assert (response.status_code, problem["field"]) == (422, "publish_at")
    assert "offset" in problem["message"]


@pytest.mark.parametrize("settings", [{"tasks": "on"}])
async def test_a_scheduled_post_appears_by_itself_once(app: Quart, client: Client, ada: Person, database_url: str):
    headers = await bearer(app, ada)
    soon = (now() + timedelta(seconds=2)).isoformat()
    asked = {"title": TITLE, "content": CONTENT, "state": "scheduled", "publish_at": soon}
    assert (await client.post("/api/posts", json=asked, headers=headers)).status_code == 201
    assert not (await shown_to(client, 1))["lists"]

    await until(lambda: sql.rows(database_url, PUBLISHED) == [(1,)])
    assert (await shown_to(client, 1))["lists"]
    (stored,) = await stored_posts(app)
    assert (stored.state, stored.updated_at) == ("published", stored.published_at)
    assert sql.rows(database_url, "SELECT count(*) FROM outbox WHERE task = 'appear'") == [(1,)]


@pytest.mark.parametrize("settings", [{"tasks": "on"}])
async def test_what_fell_due_while_nobody_served_appears_at_the_next_start(
    app: Quart, client: Client, ada: Person, database_url: str
):
    post = await in_state(app, ada, "scheduled")
    past = now() - timedelta(hours=1)
    async with resources(app).db.transaction() as session:
        (await session.get_one(Post, post.id)).published_at = past
        await session.execute(update(Job).values(due_at=past))
    await until(lambda: sql.rows(database_url, PUBLISHED) == [(1,)])
    assert (await shown_to(client, post.id))["lists"]
    (stored,) = await stored_posts(app)
    assert stored.published_at == past


async def test_an_address_can_be_chosen_and_outlives_the_title(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    await door.publish(title=TITLE, content=CONTENT, slug="Low Tide!")
    await door.edit(1, title="What the tide took away", slug="Low Tide!")
    (stored,) = await stored_posts(app)
    assert stored.slug == "low-tide"
    for old in ("what-the-tide-left-behind", "anything"):
        response = await app.test_client().get(f"/posts/1/{old}")
        assert (response.status_code, response.headers["Location"]) == (301, "/posts/1/low-tide")


async def test_an_address_of_signs_alone_is_made_of_the_title(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    await door.publish(title=TITLE, content=CONTENT, slug="\U0001f419")
    (stored,) = await stored_posts(app)
    assert stored.slug == "what-the-tide-left-behind"


async def test_markdown_is_shown_as_html_and_plain_text_as_it_is(app: Quart, client: Client, ada: Person):
    written = "It is *slanted*, and long enough."
    await make.post(app, ada, content=written)
    await make.post(app, ada, content=written, format="plain")
    pages = [
        await (await client.get(f"/posts/{post}/what-the-tide-left-behind")).get_data(as_text=True) for post in (1, 2)
    ]
    assert "<p>It is <em>slanted</em>, and long enough.</p>" in pages[0]
    assert "<p>It is *slanted*, and long enough.</p>" in pages[1]
    documents = [await (await client.get(f"/api/posts/{post}")).get_json() for post in (1, 2)]
    assert [one["content"] for one in documents] == [written, written]
    assert documents[0]["html"] == "<p>It is <em>slanted</em>, and long enough.</p>\n"
    assert documents[1]["html"] == "<p>It is *slanted*, and long enough.</p>"


async def test_plain_text_becomes_markdown_when_its_author_says_so(app: Quart, door: Door, ada: Person):
    post = await make.post(app, ada, content="It is *slanted*, and long enough.", format="plain")
    await door.open_as(app, ada)
    await door.edit(post.id, content="It is *slanted*, and long enough.", format="markdown")
    (stored,) = await stored_posts(app)
    assert stored.html == "<p>It is <em>slanted</em>, and long enough.</p>\n"


async def test_a_text_that_makes_too_large_a_page_is_refused_at_its_field(app: Quart, door: Door, ada: Person):
    await door.open_as(app, ada)
    said = await door.publish(title=TITLE, content="[^1] " * 19_000 + "\n\n[^1]: x\n")
    assert said.status == 422
    assert "This text makes too large a page" in said.body


async def thrown_away(app: Quart, author: Person) -> dict[str, Any]:
    response = await app.test_client().get("/api/trash", headers=await bearer(app, author))
    return await response.get_json()


async def test_what_is_deleted_can_be_taken_back_as_it_was(app: Quart, door: Door, post: Post, ada: Person):
    await door.open_as(app, ada)
    assert (await door.delete(post.id)).status == 200
    assert not any((await shown_to(app.test_client(), post.id)).values())
    assert [one["id"] for one in (await thrown_away(app, ada))["posts"]] == [post.id]
    browser = await signed_in(app, ada)
    page = await send(browser, (await get(browser, "/dashboard/trash")).actions()[f"Take back: {TITLE}"])
    assert page.h1 == TITLE
    assert all((await shown_to(app.test_client(), post.id)).values())
    (stored,) = await stored_posts(app)
    assert stored.updated_at == post.updated_at


async def test_what_is_deleted_for_good_is_gone(app: Quart, ada: Person, post: Post):
    browser, headers = await signed_in(app, ada), await bearer(app, ada)
    await browser.delete(f"/api/posts/{post.id}", headers=headers)
    assert (await browser.delete(f"/api/trash/{post.id}", headers=headers)).status_code == 200
    assert (await browser.post(f"/api/trash/{post.id}/restore", headers=headers)).status_code == 404
    assert await stored_posts(app) == []


async def test_the_trash_of_others_is_not_there(app: Quart, ada: Person, grace: Person, post: Post):
    await app.test_client().delete(f"/api/posts/{post.id}", headers=await bearer(app, ada))
    headers = await bearer(app, grace)
    assert (await thrown_away(app, grace))["posts"] == []
    assert (await app.test_client().post(f"/api/trash/{post.id}/restore", headers=headers)).status_code == 404
    assert (await app.test_client().delete(f"/api/trash/{post.id}", headers=headers)).status_code == 404
