"""Revisions through both doors, and two writers whose changes go together, or are shown to them."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.posts.editor import save, stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send, words

LONG = "The sea was out.\n\nThe beach lay open.\n\nNobody was there."


@pytest.fixture
async def long_post(app: Quart, ada: Person) -> Post:
    return await make.post(app, ada, content=LONG)


async def test_an_author_sees_every_text_and_takes_one_back(app: Quart, browser: Client, post: Post):
    await save(browser, await get(browser, "/posts/1/edit"), content=CONTENT.replace("out", "in"))
    listed = await get(browser, (await get(browser, "/posts/1/edit")).links["Revisions"])
    assert listed.main.count(TITLE) == 3
    first = await get(browser, "/posts/1/revisions/1")
    assert [words(first.one("del")), words(first.one("ins"))] == ["out", "in"]
    page = await send(browser, first.actions()["Take this text back"])
    assert page.notices == [("success", "The earlier text is back. What was there until now is a revision, too.")]
    (stored,) = await stored_posts(app)
    assert (stored.content, stored.version) == (CONTENT, 3)


async def test_a_program_does_the_same(app: Quart, client: Client, ada: Person, post: Post):
    headers = await bearer(app, ada)
    await client.patch("/api/posts/1", json={"content": "The sea was in, and far."}, headers=headers)
    listed = await (await client.get("/api/posts/1/revisions", headers=headers)).get_json()
    assert [(one["number"], one["editor"]) for one in listed["revisions"]] == [(2, "ada"), (1, "ada")]
    first = await (await client.get("/api/posts/1/revisions/1", headers=headers)).get_json()
    assert first["content"] == CONTENT
    assert first["to_present"][:3] == [
        {"kind": "same", "text": "The sea was "},
        {"kind": "gone", "text": "out"},
        {"kind": "new", "text": "in"},
    ]
    restored = await client.post("/api/posts/1/revisions/1/restore", headers=headers)
    assert (await restored.get_json())["content"] == CONTENT


async def test_a_text_is_not_taken_back_over_one_that_nobody_has_seen(
    app: Quart, browser: Client, ada: Person, root: Person, post: Post
):
    headers, client = await bearer(app, ada), app.test_client()
    await save(browser, await get(browser, "/posts/1/edit"), content=CONTENT.replace("out", "in"))
    seen = (await client.get("/api/posts/1")).headers["ETag"]
    first = await get(browser, "/posts/1/revisions/1")
    other = {"content": "Somebody else's words, which are new."}
    await client.patch("/api/posts/1", json=other, headers=await bearer(app, root))
    page = await send(browser, first.actions()["Take this text back"], version=first.hidden("version"))
    assert page.notices[0][1].startswith("This post was changed meanwhile.")
    assert page.hidden("version") == "3"
    restore = "/api/posts/1/revisions/1/restore"
    assert (await client.post(restore, headers=headers | {"If-Match": seen})).status_code == 412
    assert [one.content for one in await stored_posts(app)] == [other["content"]]
    await send(browser, page.actions()["Take this text back"], version=page.hidden("version"))
    assert [one.content for one in await stored_posts(app)] == [CONTENT]


async def test_the_past_of_a_post_is_its_editors_alone(app: Quart, client: Client, grace: Person, post: Post):
    headers = await bearer(app, grace)
    browser = await signed_in(app, grace)
    for path in ("/revisions", "/revisions/1"):
        assert (await client.get(f"/api/posts/1{path}")).status_code == 401
        assert (await client.get(f"/api/posts/1{path}", headers=headers)).status_code == 403
        assert (await browser.get(f"/posts/1{path}")).status_code == 403
    assert (await client.post("/api/posts/1/revisions/1/restore", headers=headers)).status_code == 403
    assert (await browser.post("/posts/1/revisions/1/restore")).status_code == 403


async def test_what_never_was_can_not_be_read(app: Quart, client: Client, ada: Person, post: Post):
    headers = await bearer(app, ada)
    assert (await client.get("/api/posts/1/revisions/2", headers=headers)).status_code == 404
    assert (await client.post("/api/posts/1/revisions/2/restore", headers=headers)).status_code == 404


async def test_changes_of_different_paragraphs_are_both_kept(
    app: Quart, browser: Client, root: Person, long_post: Post
):
    opened = await get(browser, "/posts/1/edit")
    other = await signed_in(app, root)
    await save(other, await get(other, "/posts/1/edit"), content=LONG.replace("out.", "far out."))
    page = await save(browser, opened, content=LONG.replace("there.", "here."))
    assert page.notices[0][1].startswith("Your changes are saved. Somebody else had changed other paragraphs")
    (stored,) = await stored_posts(app)
    assert stored.content == LONG.replace("out.", "far out.").replace("there.", "here.")


async def test_a_title_and_a_text_go_together(app: Quart, browser: Client, root: Person, long_post: Post):
    opened = await get(browser, "/posts/1/edit")
    other = await signed_in(app, root)
    await save(other, await get(other, "/posts/1/edit"), title="A better title")
    await save(browser, opened, content=LONG.replace("there.", "here."))
    (stored,) = await stored_posts(app)
    assert (stored.title, stored.content) == ("A better title", LONG.replace("there.", "here."))


async def test_changes_of_one_paragraph_are_shown_to_who_comes_second(
    app: Quart, browser: Client, root: Person, long_post: Post
):
    opened = await get(browser, "/posts/1/edit")
    other = await signed_in(app, root)
    await save(other, await get(other, "/posts/1/edit"), content=LONG.replace("out.", "far out."))
    page = await save(browser, opened, content=LONG.replace("out.", "nearly out."))
    assert page.status == 409
    assert page.value("content") == LONG.replace("out.", "nearly out.")
    assert [words(page.one("del")), words(page.one("ins"))] == ["far", "nearly"]


async def conflict(app: Quart, client: Client, author: Person, content: str) -> dict[str, Any]:
    """The refusal of a change that was made of the first version, while the post has its second."""
    headers = await bearer(app, author)
    seen = (await client.get("/api/posts/1")).headers["ETag"]
    changed = await client.patch("/api/posts/1", json={"content": LONG.replace("out.", "far out.")}, headers=headers)
    assert changed.status_code == 200
    response = await client.patch("/api/posts/1", json={"content": content}, headers=headers | {"If-Match": seen})
    assert response.status_code == 412
    found: dict[str, Any] = (await response.get_json())["met"]
    again = headers | {"If-Match": found["etag"]}
    assert (
        await client.patch("/api/posts/1", json={"content": "Decided by a person."}, headers=again)
    ).status_code == 200
    return found


async def test_a_program_is_given_both_changes_in_one_text(app: Quart, client: Client, ada: Person, long_post: Post):
    met = await conflict(app, client, ada, LONG.replace("there.", "here."))
    assert met["merged"] == LONG.replace("out.", "far out.").replace("there.", "here.")
    assert (met["version"], met["content"]) == (2, LONG.replace("out.", "far out."))


async def test_a_program_is_told_what_differs(app: Quart, client: Client, ada: Person, long_post: Post):
    met = await conflict(app, client, ada, LONG.replace("out.", "nearly out."))
    assert met["merged"] is None
    assert [one for one in met["difference"] if one["kind"] != "same"] == [
        {"kind": "gone", "text": "far"},
        {"kind": "new", "text": "nearly"},
    ]
