"""Who hears of a comment by mail, and how they put an end to it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import delete

from blogapp.posts.models import Post
from tests.mail_server import MailServer, text
from tests.people import Client, Person, bearer, confirm, resources, signed_in
from tests.reading import get, send

SITE = "https://a-blog-with-a-long-name-that-fills-a-line-by-itself.example.org"


@pytest.fixture
def settings(smtp: MailServer) -> dict[str, Any]:
    return {"tasks": "on", "smtp_url": smtp.url, "site_url": SITE, "task_wait": 0.1}


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


async def test_authors_and_those_who_asked_are_told_until_they_say_so(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person, post: Post, smtp: MailServer
):
    author, reader, other = [await bearer(app, one) for one in (ada, grace, root)]
    await client.post("/api/posts/1/comments", json={"content": "First", "tells": True}, headers=reader)
    (waits,) = await asyncio.to_thread(smtp.wait_for, 1)
    assert (waits["To"], waits["Subject"]) == ("ada@example.org", f'grace on "{post.title}"')
    assert f"{SITE}/dashboard/comments" in text(waits)
    await client.post("/api/comments/1/approve", headers=author)
    await client.post("/api/posts/1/comments", json={"content": "Second"}, headers=other)
    told = (await asyncio.to_thread(smtp.wait_for, 3))[1:]
    assert {letter["To"] for letter in told} == {"ada@example.org", "grace@example.org"}
    letter = next(one for one in told if one["To"] == "grace@example.org")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    ending = letter["List-Unsubscribe"].strip().strip("<>").removeprefix(SITE)
    assert (await client.get(ending)).status_code == 200
    ended = await client.post(ending, form={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert "no letters about comments" in await ended.get_data(as_text=True)
    await client.post("/api/posts/1/comments", json={"content": "Third"}, headers=other)
    assert [one["To"] for one in (await asyncio.to_thread(smtp.wait_for, 4))[3:]] == ["ada@example.org"]
    await client.post("/api/posts/1/comments", json={"content": "Fourth", "tells": True}, headers=reader)
    await client.post("/api/posts/1/comments", json={"content": "Fifth"}, headers=other)
    told = (await asyncio.to_thread(smtp.wait_for, 7))[4:]
    assert sorted(one["To"] for one in told) == ["ada@example.org", "ada@example.org", "grace@example.org"]
    assert (await client.post("/letters/forged", form={})).status_code == 404


async def test_who_only_reads_is_told_at_an_address_that_is_theirs(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person, post: Post, smtp: MailServer
):
    author = await bearer(app, ada)
    for reader in (grace, root):
        browser = await signed_in(app, reader)
        assert "Write me about new comments" in (await get(browser, f"/posts/1/{post.slug}")).actions()
        page = await send(browser, "/posts/1/comments/follow")
        assert "a letter about each new comment here once you have confirmed your address" in page.main
        assert "No more letters about these comments" in page.actions()
        assert "Letters come once you have confirmed" in page.main
    await confirm(app, grace)
    page = await get(await signed_in(app, grace), f"/posts/1/{post.slug}")
    assert "Letters come once you have confirmed" not in page.main
    await client.post("/api/posts/1/comments", json={"content": "By its **author**"}, headers=author)
    (letter,) = await asyncio.to_thread(smtp.wait_for, 1)
    assert "By its author" in text(letter)
    assert (letter["To"], letter["Subject"]) == ("grace@example.org", f'ada on "{post.title}"')

    await client.post("/api/posts/1/comments", json={"content": "Hello"}, headers=await bearer(app, root))
    assert {one["To"] for one in (await asyncio.to_thread(smtp.wait_for, 3))[1:]} == {
        "ada@example.org",
        "grace@example.org",
    }
    page = await send(await signed_in(app, grace), "/posts/1/comments/follow/remove")
    assert "Write me about new comments" in page.actions()
    await client.post("/api/posts/1/comments", json={"content": "Again"}, headers=await bearer(app, root))
    assert [one["To"] for one in (await asyncio.to_thread(smtp.wait_for, 4))[3:]] == ["ada@example.org"]


async def test_a_comment_that_waited_is_told_to_those_who_follow(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person, post: Post, smtp: MailServer
):
    await confirm(app, root)
    await client.put("/api/posts/1/comments/letters", headers=await bearer(app, root))
    await client.post("/api/posts/1/comments", json={"content": "First"}, headers=await bearer(app, grace))
    assert [one["To"] for one in await asyncio.to_thread(smtp.wait_for, 1)] == ["ada@example.org"]
    await client.post("/api/comments/1/approve", headers=await bearer(app, ada))
    assert [one["To"] for one in (await asyncio.to_thread(smtp.wait_for, 2))[1:]] == ["root@example.org"]


async def test_letters_of_a_post_that_is_hidden_or_gone_can_be_ended(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person, post: Post, smtp: MailServer
):
    author, reader = await bearer(app, ada), await bearer(app, grace)
    await confirm(app, grace)
    await client.put("/api/posts/1/comments/letters", headers=reader)
    await client.post("/api/posts/1/comments", json={"content": "Hello"}, headers=author)
    (letter,) = await asyncio.to_thread(smtp.wait_for, 1)
    ending = letter["List-Unsubscribe"].strip().strip("<>").removeprefix(SITE)
    await client.patch("/api/posts/1", json={"state": "private"}, headers=author)
    assert "a post that is not public now" in (await get(client, ending)).main
    assert (await client.post(ending, form={"List-Unsubscribe": "One-Click"})).status_code == 200
    await client.patch("/api/posts/1", json={"state": "published"}, headers=author)
    assert await (await client.get("/api/posts/1/comments/letters", headers=reader)).get_json() == {
        "letters": False,
        "waits": False,
    }
    async with resources(app).db.transaction() as session:
        await session.execute(delete(Post))
    assert (await client.post(ending, form={"List-Unsubscribe": "One-Click"})).status_code == 200
