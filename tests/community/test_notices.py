"""What people are told of: once, and nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import text, update

from blogapp.community import noticing
from blogapp.community.models import Notice
from blogapp.infra import outbox
from blogapp.infra.bus import Message
from blogapp.infra.db import now
from blogapp.posts import authorship
from blogapp.posts.models import Post
from tests import sql
from tests.mail_server import MailServer
from tests.mail_server import text as words
from tests.people import Client, Person, bearer, confirm, resources, signed_in
from tests.posts import make
from tests.reading import get, send
from tests.reading import words as words_of
from tests.waiting import until

Headers = dict[str, str]
SITE = "https://blog.example.org"
UNFINISHED = "SELECT id FROM outbox WHERE task IN ('digest', 'digest_letter') AND state <> 'done'"


@pytest.fixture
async def post(app: Quart, ada: Person) -> Post:
    return await make.post(app, ada)


@pytest.fixture
async def author(app: Quart, ada: Person, post: Post) -> Headers:
    """Ada, who wrote the first post."""
    return await bearer(app, ada)


@pytest.fixture
async def reader(app: Quart, grace: Person) -> Headers:
    return await bearer(app, grace)


async def say(client: Client, who: Headers, content: str, **more: Any) -> int:
    answer = await client.post("/api/posts/1/comments", json={"content": content, **more}, headers=who)
    assert answer.status_code == 201, await answer.get_data(as_text=True)
    return int((await answer.get_json())["id"])


async def told(client: Client, who: Headers) -> list[tuple[str, str | None, int | None]]:
    """Kinds, by whom and about which comment; oldest first."""
    answer = await (await client.get("/api/notifications", headers=who)).get_json()
    return [(one["kind"], one["author"], one["comment_id"]) for one in reversed(answer["notifications"])]


async def test_each_is_told_once_of_what_concerns_them(
    client: Client, author: Headers, reader: Headers, app: Quart, root: Person
):
    first = await say(client, reader, "Is this so, @ada?")
    assert await told(client, author) == []
    for _ in range(2):
        await client.post(f"/api/comments/{first}/approve", headers=author)
    assert await told(client, author) == [("reply", "grace", first)]
    assert await told(client, reader) == [("approval", None, first)]

    answer = await say(client, author, "It is, @Grace and @root, says @ada; @nobody knows.", reply_to=first)
    assert await told(client, reader) == [("approval", None, first), ("reply", "ada", answer)]
    assert await told(client, await bearer(app, root)) == [("mention", "ada", answer)]
    assert await told(client, author) == [("reply", "grace", first)]

    await client.patch(f"/api/comments/{answer}", json={"content": "It is, @grace and @root!"}, headers=author)
    assert len(await told(client, reader)) == 2
    links = (await get(client, "/posts/1/what-the-tide-left-behind")).links
    assert links["@grace"] == "/users/grace"
    assert "@nobody" not in links


async def test_who_is_mentioned_by_a_change_is_told(client: Client, author: Headers, grace: Person, reader: Headers):
    comment = await say(client, author, "Who knows?")
    assert await told(client, reader) == []
    await client.patch(f"/api/comments/{comment}", json={"content": "Who knows? @grace!"}, headers=author)
    assert await told(client, reader) == [("mention", "ada", comment)]


async def write(client: Client, who: Headers, content: str, **more: Any) -> int:
    document = {"title": "A walk in the mud", "content": content, **more}
    answer = await client.post("/api/posts", json=document, headers=who)
    assert answer.status_code == 201, await answer.get_data(as_text=True)
    return int((await answer.get_json())["id"])


async def test_who_is_mentioned_in_a_post_is_told_once(
    app: Quart, client: Client, author: Headers, reader: Headers, root: Person
):
    number = await write(client, author, "With @Grace, @ada and `@root`; @nobody came along.")
    found = (await (await client.get("/api/notifications", headers=reader)).get_json())["notifications"]
    (notice,) = [{name: one[name] for name in ("kind", "author", "comment_id", "post_title", "url")} for one in found]
    assert notice == {
        "kind": "mention",
        "author": "ada",
        "comment_id": None,
        "post_title": "A walk in the mud",
        "url": f"/posts/{number}/a-walk-in-the-mud",
    }
    assert found[0]["excerpt"] == "With @Grace, @ada and @root; @nobody came along."
    assert [await told(client, one) for one in (author, await bearer(app, root))] == [[], []]

    changed = {"content": "With @grace and now with @root as well."}
    assert (await client.patch(f"/api/posts/{number}", json=changed, headers=author)).status_code == 200
    assert await told(client, reader) == [("mention", "ada", None)]
    assert await told(client, await bearer(app, root)) == [("mention", "ada", None)]
    links = (await get(client, f"/posts/{number}/a-walk-in-the-mud")).links
    assert (links["@grace"], links["@root"]) == ("/users/grace", "/users/root")


async def test_what_a_post_said_before_is_no_news(client: Client, author: Headers, reader: Headers, database_url: str):
    number = await write(client, author, "Out again with @grace.")
    sql.run(database_url, "DELETE FROM notices")
    for change in ({"tags": ["Mud"]}, {"title": "Another walk"}, {"content": "Out again with @grace, in the rain."}):
        await client.patch(f"/api/posts/{number}", json=change, headers=author)
    assert await told(client, reader) == []


async def test_whoever_wrote_along_tells_whom_they_name(
    app: Quart, client: Client, author: Headers, reader: Headers, grace: Person, root: Person, post: Post
):
    async with resources(app).db.transaction() as session:
        await authorship.add(session, await session.merge(post), [grace.id])
    await client.patch("/api/posts/1", json={"content": "As @ada and @root will remember."}, headers=reader)
    assert await told(client, author) == []
    assert await told(client, await bearer(app, root)) == [("mention", "grace", None)]


async def test_a_mention_in_a_draft_is_told_when_readers_see_it(client: Client, author: Headers, reader: Headers):
    number = await write(client, author, "Nobody must know yet, @grace.", state="draft")
    assert await told(client, reader) == []
    await client.patch(f"/api/posts/{number}", json={"state": "published"}, headers=author)
    assert await told(client, reader) == [("mention", "ada", None)]
    for gone in ("draft", "published"):
        await client.patch(f"/api/posts/{number}", json={"state": gone}, headers=author)
        assert len(await told(client, reader)) == (gone == "published")
    await client.delete(f"/api/posts/{number}", headers=author)
    assert await told(client, reader) == []


async def test_a_mention_in_a_post_is_on_the_page_and_on_the_line(
    app: Quart, client: Client, author: Headers, grace: Person
):
    heard: list[Message] = []
    resources(app).bus.subscribe(heard.append, lambda: None)
    number = await write(client, author, "Out again with @grace.")
    page = await get(await signed_in(app, grace), "/notifications")
    assert "New: ada mentions you in A walk in the mud. Out again with @grace." in page.main
    assert page.links["A walk in the mud"] == f"/posts/{number}/a-walk-in-the-mud"
    (event,) = [one.document for one in heard if one.document.get("type") == "notification.created"]
    assert (event["url"], event["post_id"], event["comment_id"]) == (page.links["A walk in the mud"], number, None)


async def test_a_mention_is_no_link_that_counts(client: Client, author: Headers, reader: Headers):
    await say(client, reader, "@ada @grace @ada https://a.example https://b.example")


async def test_what_is_hidden_or_deleted_is_not_told_of_any_more(client: Client, author: Headers, reader: Headers):
    comment = await say(client, author, "Look, @grace")
    unseen = await (await client.get("/api/notifications", headers=reader)).get_json()
    assert (unseen["unseen"], unseen["total"]) == (1, 1)
    await client.post(f"/api/comments/{comment}/hide", headers=author)
    unseen = await (await client.get("/api/notifications", headers=reader)).get_json()
    assert (unseen["unseen"], unseen["total"]) == (0, 0)


async def test_a_follower_is_told_of_once(client: Client, author: Headers, reader: Headers, ada: Person):
    for _ in range(2):
        await client.put(f"/api/following/authors/{ada.id}", headers=reader)
        await client.delete(f"/api/following/authors/{ada.id}", headers=reader)
    assert await told(client, author) == [("follow", "grace", None)]


async def test_seen_is_what_the_reader_says(app: Quart, client: Client, author: Headers, reader: Headers, ada: Person):
    for number in range(3):
        await say(client, author, f"Look, @grace: {number}")
    found = await (await client.get("/api/notifications?per_page=1", headers=reader)).get_json()
    assert (found["unseen"], found["total"], found["pages"]) == (3, 3, 3)
    middle = found["notifications"][0]["id"] - 1
    answer = await client.post("/api/notifications/seen", json={"up_to": middle}, headers=reader)
    assert await answer.get_json() == {"unseen": 1}
    others = await client.post("/api/notifications/seen", json={"up_to": 99}, headers=author)
    assert await others.get_json() == {"unseen": 0}
    assert (await (await client.get("/api/notifications", headers=reader)).get_json())["unseen"] == 1


async def test_the_bell_counts_on_every_page(app: Quart, author: Headers, client: Client, grace: Person):
    browser = await signed_in(app, grace)
    assert await _rung(browser, "/") == ""
    await say(client, author, "Look, @grace")
    for path in ("/", "/settings", "/dashboard", "/posts/1/what-the-tide-left-behind"):
        assert await _rung(browser, path) == "1 new"
    assert "New: ada mentions you on What the tide left behind." in (await get(browser, "/notifications")).main
    page = await send(browser, "/notifications/seen", up_to="1")
    assert "New: " not in page.main
    assert await _rung(browser, "/notifications") == ""
    assert (await browser.post("/notifications/seen", form={"up_to": "x"})).status_code == 422


async def test_only_whom_it_concerns_hears_of_it(app: Quart, client: Client, author: Headers, grace: Person):
    heard: list[Message] = []
    resources(app).bus.subscribe(heard.append, lambda: None)
    comment = await say(client, author, "Look, @grace")
    (event,) = [one.document for one in heard if one.document.get("type") == "notification.created"]
    assert event["topics"] == [f"account:{grace.id}"]
    assert (event["author"], event["comment_id"], event["url"]) == ("ada", comment, f"/comments/{comment}")


@pytest.mark.parametrize(("topics", "status"), [("me", 401), ("posts,me", 401), ("account:1", 422)])
async def test_what_others_are_told_can_not_be_listened_to(client: Client, topics: str, status: int):
    answer = await client.get(f"/api/live?topics={topics}", headers={"Accept": "text/event-stream"})
    assert answer.status_code == status


class TestLetters:
    @pytest.fixture
    def settings(self, smtp: MailServer) -> dict[str, Any]:
        return {"tasks": "on", "smtp_url": smtp.url, "site_url": SITE, "task_wait": 0.1}

    async def test_a_daily_letter_tells_what_was_not_seen_until_it_is_ended(
        self,
        app: Quart,
        client: Client,
        author: Headers,
        reader: Headers,
        grace: Person,
        smtp: MailServer,
        database_url: str,
    ):
        await confirm(app, grace)
        await say(client, author, "Look at this, @grace")
        await client.put("/api/following/authors/2", headers=author)
        number = await write(client, author, "Out again with @grace.")
        await _digest(app, database_url)
        (letter,) = await asyncio.to_thread(smtp.wait_for, 1)
        assert (letter["To"], letter["Subject"]) == ("grace@example.org", "3 new on blogapp")
        assert "ada mentions you on" in words(letter)
        assert f"{SITE}/comments/1" in words(letter)
        assert 'ada mentions you in "A walk in the mud": Out again' in words(letter)
        assert f"{SITE}/posts/{number}/a-walk-in-the-mud" in words(letter)
        assert f"{SITE}/users/ada" in words(letter)

        await _digest(app, database_url)
        await say(client, author, "And at that, @grace")
        ending = letter["List-Unsubscribe"].strip().strip("<>").removeprefix(SITE)
        assert (await client.get(ending)).status_code == 200
        assert (await client.post(ending, form={"List-Unsubscribe": "One-Click"})).status_code == 200
        assert (await client.post("/letters/daily/forged", form={})).status_code == 404
        await _digest(app, database_url)
        assert await (await client.get("/api/notifications/digest", headers=reader)).get_json() == {"daily": False}
        await client.put("/api/notifications/digest", json={"daily": True}, headers=reader)
        await _digest(app, database_url)
        assert "And at that" in words((await asyncio.to_thread(smtp.wait_for, 2))[1])
        assert len(smtp.letters) == 2

    async def test_nobody_gets_one_at_an_address_that_may_not_be_theirs(
        self,
        app: Quart,
        client: Client,
        author: Headers,
        grace: Person,
        root: Person,
        smtp: MailServer,
        database_url: str,
    ):
        await confirm(app, root)
        await say(client, author, "Look at this, @grace and @root")
        await _digest(app, database_url)
        assert [one["To"] for one in await asyncio.to_thread(smtp.wait_for, 1)] == ["root@example.org"]

    async def test_the_page_turns_it_off_and_on(self, app: Quart, grace: Person):
        browser = await signed_in(app, grace)
        assert "No more letters" in (await get(browser, "/notifications")).actions()
        assert "no more daily letters" in (await send(browser, "/notifications/digest/remove")).main
        assert "Send me the letter" in (await get(browser, "/notifications")).actions()
        assert "a letter a day from now on" in (await send(browser, "/notifications/digest")).main


async def test_what_is_old_is_forgotten(app: Quart, client: Client, author: Headers, grace: Person, reader: Headers):
    await say(client, author, "Look, @grace")
    await say(client, author, "And here, @grace")
    async with resources(app).db.transaction() as session:
        await session.execute(update(Notice).where(Notice.id == 1).values(created_at=now() - noticing.KEPT))
        await noticing.sweep(session)
    assert await told(client, reader) == [("mention", "ada", 2)]


async def _rung(browser: Client, path: str) -> str:
    """What the bell on a page says beside its name."""
    return words_of((await get(browser, path)).by_id("bell")).removeprefix("Notifications").strip()


async def _digest(app: Quart, database_url: str) -> None:
    """The daily task, and all letters that it asks for, done."""
    async with resources(app).db.transaction() as session:
        number = await session.scalar(text("SELECT count(*) FROM outbox"))
        await outbox.put(session, "digest", f"digest.by-hand.{number}")
    await until(lambda: not sql.rows(database_url, UNFINISHED))
