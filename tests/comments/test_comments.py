"""What is said under posts, who sees it, and who decides, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import text, update

from blogapp.comments import pages, queries
from blogapp.comments.models import Comment
from blogapp.infra.db import now
from blogapp.posts.models import Post
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts import make
from tests.reading import get, send, words

Headers = dict[str, str]


@pytest.fixture
async def author(app: Quart, ada: Person, post: Post) -> Headers:
    """Ada, who wrote the first post."""
    return await bearer(app, ada)


@pytest.fixture
async def reader(app: Quart, grace: Person) -> Headers:
    return await bearer(app, grace)


async def say(
    client: Client, who: Headers, content: str = "I found two of those.", status: int = 201, **more: Any
) -> Any:
    answer = await client.post("/api/posts/1/comments", json={"content": content, **more}, headers=who)
    assert answer.status_code == status, await answer.get_data(as_text=True)
    return await answer.get_json()


async def said(client: Client, who: Headers | None = None, query: str = "") -> list[tuple[str | None, str, int]]:
    """Who said what, how deep."""
    answer = await client.get(f"/api/posts/1/comments{query}", headers=who)
    assert answer.status_code == 200
    return [(one["author"], one["content"], one["depth"]) for one in (await answer.get_json())["comments"]]


async def do(client: Client, who: Headers, act: str, comment_id: int, **body: Any) -> int:
    answer = await client.post(f"/api/comments/{comment_id}/{act}", json=body, headers=who)
    return int(answer.status_code)


async def test_the_first_comment_of_an_account_waits_and_the_next_appear(
    client: Client, author: Headers, reader: Headers
):
    first = await say(client, reader)
    assert first["state"] == "waiting"
    assert await said(client) == []
    assert [one[0] for one in await said(client, reader)] == ["grace"]
    waiting = await (await client.get("/api/comments", headers=author)).get_json()
    assert [(one["id"], one["post_title"]) for one in waiting["comments"]] == [(first["id"], make.TITLE)]
    assert (await (await client.get("/api/dashboard", headers=author)).get_json())["waiting"]["comments"] == 1
    assert await do(client, reader, "approve", first["id"]) == 403
    assert await do(client, author, "approve", first["id"]) == 200
    assert (await say(client, reader, "And a third."))["state"] == "shown"
    assert [one[1] for one in await said(client)] == ["I found two of those.", "And a third."]


async def test_threads_stand_in_their_order(client: Client, author: Headers):
    a = await say(client, author, "A")
    b = await say(client, author, "B")
    a1 = await say(client, author, "A1", reply_to=a["id"])
    await say(client, author, "B1", reply_to=b["id"])
    await say(client, author, "A11", reply_to=a1["id"])
    await say(client, author, "A2", reply_to=a["id"])
    found = [(words, depth) for _, words, depth in await said(client)]
    assert found == [("A", 0), ("A1", 1), ("A11", 2), ("A2", 1), ("B", 0), ("B1", 1)]
    newest = [words for _, words, _ in await said(client, query="?order=newest")]
    assert newest == ["B", "B1", "A", "A1", "A11", "A2"]
    assert [words for _, words, _ in await said(client, query="?per_page=1&page=2")] == ["B", "B1"]


async def test_what_is_deleted_leaves_the_thread_standing(client: Client, author: Headers, reader: Headers):
    asked = await say(client, author, "What is it?")
    answered = await say(client, author, "A rope.", reply_to=asked["id"])
    assert (await client.delete(f"/api/comments/{asked['id']}", headers=reader)).status_code == 403
    assert (await client.delete(f"/api/comments/{asked['id']}", headers=author)).status_code == 200
    assert await said(client) == [(None, "", 0), ("ada", "A rope.", 1)]
    assert (await client.get(f"/api/comments/{asked['id']}")).status_code == 404
    await client.delete(f"/api/comments/{answered['id']}", headers=author)
    assert await said(client) == []
    assert "Comments" in (await get(client, "/posts/1")).text


async def test_an_author_hides_and_shows_again(client: Client, author: Headers, reader: Headers):
    one = await say(client, reader)
    await do(client, author, "approve", one["id"])
    assert await do(client, author, "hide", one["id"]) == 200
    assert await said(client) == []
    assert await said(client, reader) == await said(client, author) != []
    assert await do(client, author, "approve", one["id"]) == 200
    assert len(await said(client)) == 1


async def test_reports_are_counted_once_and_settled_by_a_decision(
    app: Quart, client: Client, author: Headers, reader: Headers, root: Person
):
    one = await say(client, author)
    assert await do(client, author, "report", one["id"]) == 409
    for reason in ("It advertises.", "Again."):
        assert await do(client, reader, "report", one["id"], reason=reason) == 200
    admin = await bearer(app, root)
    reported = await (await client.get("/api/comments?state=reported", headers=admin)).get_json()
    assert [(row["reports"], row["reasons"]) for row in reported["comments"]] == [(1, ["It advertises."])]
    assert (await (await client.get("/api/comments?state=reported", headers=reader)).get_json())["total"] == 0
    assert await do(client, admin, "approve", one["id"]) == 200
    assert (await (await client.get("/api/comments?state=reported", headers=admin)).get_json())["total"] == 0


async def test_a_comment_is_changed_by_its_writer_for_a_while(
    app: Quart, client: Client, author: Headers, reader: Headers
):
    one = await say(client, author, "A rope")
    address = f"/api/comments/{one['id']}"
    tag = (await client.get(address)).headers["ETag"]
    assert (await client.patch(address, json={"content": "Mine"}, headers=reader)).status_code == 403
    stale = {**author, "If-Match": '"comment-1-9-ada"'}
    assert (await client.patch(address, json={"content": "A net"}, headers=stale)).status_code == 412
    changed = await client.patch(address, json={"content": "A *net*"}, headers={**author, "If-Match": tag})
    assert (await changed.get_json())["html"] == "<p>A <em>net</em></p>\n"
    assert (await changed.get_json())["edited_at"] is not None
    await age(app, timedelta(minutes=16))
    late = await client.patch(address, json={"content": "A shoe"}, headers=author)
    assert late.status_code == 403
    assert "15 minutes" in (await late.get_json())["detail"]


async def age(app: Quart, by: timedelta) -> None:
    async with resources(app).db.transaction() as session:
        await session.execute(update(Comment).values(created_at=now() - by))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "Please write something."),
        ("  \n ", "Please write something."),
        ("\u200b\u2800\ufeff \u3164", "Please write something."),
        ("x" * 10_001, "at most"),
        ("\0\0\0", "control characters"),
        ("https://a.example https://b.example https://c.example", "2 links at most"),
    ],
)
async def test_what_can_not_be_said_is_told_at_its_field(
    client: Client, author: Headers, reader: Headers, content: str, message: str
):
    refused = await say(client, reader, content, 422)
    assert [one["field"] for one in refused["errors"]] == ["content"]
    assert message in refused["errors"][0]["message"], refused


async def test_the_same_is_not_said_twice(client: Client, author: Headers):
    await say(client, author)
    assert "just this" in (await say(client, author, status=409))["errors"][0]["message"]


async def test_answers_go_to_comments_of_the_same_post_that_are_shown(
    app: Quart, client: Client, author: Headers, reader: Headers, ada: Person
):
    await make.post(app, ada, "Another post")
    waiting = await say(client, reader)
    await client.post("/api/posts/2/comments", json={"content": "Elsewhere"}, headers=author)
    for number in (waiting["id"], 2, 99):
        assert (await say(client, author, "So?", 404, reply_to=number))["errors"][0]["field"] == "reply_to"


@pytest.mark.parametrize("state", ["draft", "private", "scheduled"])
async def test_what_others_can_not_read_has_no_comments(
    app: Quart, client: Client, author: Headers, reader: Headers, ada: Person, state: str
):
    due = now() + timedelta(days=1) if state == "scheduled" else None
    hidden = await make.post(app, ada, "Hidden", state=state, publish_at=due)
    address = f"/api/posts/{hidden.id}/comments"
    assert (await client.get(address, headers=reader)).status_code == 404
    assert (await client.post(address, json={"content": "Hello"}, headers=reader)).status_code == 404
    assert (await client.post(address, json={"content": "Hello"}, headers=author)).status_code == 403


async def test_comments_are_closed_and_opened_by_authors(client: Client, author: Headers, reader: Headers):
    address = "/api/posts/1/comments/closed"
    assert (await client.put(address, headers=reader)).status_code == 403
    assert (await client.put(address, headers=author)).status_code == 200
    await say(client, reader, status=403)
    assert (await (await client.get("/api/posts/1/comments")).get_json())["is_open"] is False
    assert "The comments are closed." in (await get(client, "/posts/1")).text
    assert (await client.delete(address, headers=author)).status_code == 200
    await say(client, reader)


@pytest.mark.parametrize("settings", [{"comments_close_after_days": 30}])
async def test_comments_close_by_themselves(app: Quart, client: Client, author: Headers, settings: dict[str, Any]):
    await say(client, author)
    async with resources(app).db.transaction() as session:
        await session.execute(text("UPDATE posts SET published_at = '2020-01-01 00:00:00'"))
    await say(client, author, "Later", 403)


async def test_what_others_said_outlives_the_account_they_answered(
    app: Quart, client: Client, author: Headers, reader: Headers, grace: Person
):
    one = await say(client, reader)
    await do(client, author, "approve", one["id"])
    await say(client, author, "Where?", reply_to=one["id"])
    await say(client, reader, "Alone")
    assert (await client.delete(f"/api/users/{grace.id}", headers=reader)).status_code == 200
    assert await said(client) == [(None, "", 0), ("ada", "Where?", 1)]
    assert "1 comment" in (await get(client, "/posts/1")).text


async def test_a_comment_leads_to_its_place(client: Client, author: Headers, monkeypatch: pytest.MonkeyPatch):
    for module in (pages, queries):
        monkeypatch.setattr(module, "THREADS_A_PAGE", 2)
    monkeypatch.setattr(queries, "MOST_REPLIES", 2)
    for number in range(3):
        last = await say(client, author, f"Number {number}")
    reply = await say(client, author, "An answer", reply_to=last["id"])
    moved = await client.get(f"/comments/{reply['id']}")
    assert moved.headers["Location"] == f"/posts/1/what-the-tide-left-behind?page=2#comment-{reply['id']}"
    for number in range(4):
        reply = await say(client, author, f"Answer {number} to that", reply_to=reply["id"])
    moved = await client.get(f"/comments/{reply['id']}")
    assert moved.headers["Location"].endswith(f"?page=2&answers=3#comment-{reply['id']}")
    page = await get(client, moved.headers["Location"].partition("#")[0])
    assert "Answer 3 to that" in page.text
    assert "Answer 2 to that" in page.text
    assert "Later answers" not in page.links
    assert "Answer 1 to that" in (await get(client, page.links["Earlier answers"].partition("#")[0])).text
    assert (await client.get("/posts/1/what-the-tide-left-behind?page=2&answers=4")).status_code == 404
    assert await said(client, query="?page=2&per_page=2&answers=3") == [
        ("ada", "Answer 2 to that", 0),
        ("ada", "Answer 3 to that", 1),
    ]
    listed = await (await client.get("/api/posts/1/comments?page=2&per_page=2")).get_json()
    assert listed["more_answers"]


async def test_who_looks_after_a_post_finds_what_they_alone_see(
    client: Client, author: Headers, browser: Client, monkeypatch: pytest.MonkeyPatch
):
    for module in (pages, queries):
        monkeypatch.setattr(module, "THREADS_A_PAGE", 2)
    for number in range(3):
        await say(client, author, f"Number {number}")
    await do(client, author, "hide", 1)
    assert "page=2" in (await browser.get("/comments/3")).headers["Location"]
    assert "page=2" not in (await client.get("/comments/3")).headers["Location"]


async def test_without_scripts_all_of_it_works(
    app: Quart, client: Client, author: Headers, grace: Person, browser: Client
):
    visitor = await signed_in(app, grace)
    empty = await send(visitor, "/posts/1/comments", content="", website="")
    assert empty.status == 422
    assert "Please fill this in." in empty.text
    shouted = "https://a.example https://b.example https://c.example"
    refused = await send(visitor, "/posts/1/comments", content=shouted)
    assert (refused.status, refused.one("textarea").text.strip()) == (422, shouted)
    there = await send(visitor, "/posts/1/comments", content="I found *two*.")
    assert "Waiting until somebody" in there.text
    assert "I found two." in (await get(browser, "/dashboard/comments")).text
    done = await send(browser, "/dashboard/comments", **{"comment-1": "true", "act": "approve", "state": "waiting"})
    assert ("success", "1 comment shown.") in done.notices
    assert "I found two." in (await get(client, "/posts/1")).text
    answered = await send(browser, "/posts/1/comments", content="Where?", reply_to="1")
    assert "Where?" in answered.text
    changed = await send(browser, "/comments/2/edit", content="Where was that?")
    assert "Where was that?" in changed.text
    assert "edited" in changed.text
    thanked = await send(visitor, "/comments/2/report", reason="Too curious")
    assert "Thank you." in thanked.text
    assert "Too curious" in (await get(browser, "/dashboard/comments?state=reported")).text
    await send(browser, "/comments/1/hide")
    assert "I found two." not in (await get(client, "/posts/1")).text
    await send(browser, "/comments/1/approve")
    await send(browser, "/posts/1/comments/close")
    assert "The comments are closed." in (await get(visitor, "/posts/1")).text
    await send(browser, "/comments/2/delete")
    assert "Where was that?" not in (await get(client, "/posts/1")).text


async def test_a_name_that_was_chosen_hides_nobody(
    client: Client, author: Headers, reader: Headers, grace: Person, browser: Client
):
    """Anybody can call themselves as they like."""
    await client.put(f"/api/users/{grace.id}/profile", json={"display_name": "Ada"}, headers=reader)
    one = await say(client, reader, "I am the one who wrote this.")
    await do(client, author, "approve", one["id"])
    await say(client, author, "No, I am.")
    page = await get(client, "/posts/1")
    mimic, writer = [words(page.by_id(f"comment-{number}")) for number in (1, 2)]
    assert ("@grace" in mimic, "Author" in mimic) == (True, False)
    assert ("@" in writer, "Author" in writer) == (False, True)
    assert "@grace" in (await get(client, "/comments")).text


async def test_what_a_program_fills_in_everywhere_waits(client: Client, author: Headers, browser: Client):
    await send(browser, "/posts/1/comments", content="Buy this", website="https://spam.example")
    assert await said(client) == []
    assert (await (await client.get("/api/comments", headers=author)).get_json())["total"] == 1


async def test_strangers_are_asked_to_sign_in(client: Client, post: Post):
    page = await get(client, "/posts/1")
    assert page.links["Log in to comment"] == f"/auth/login?next=/posts/1/{post.slug}"
    assert (await client.post("/posts/1/comments", form={"content": "Hello"})).status_code == 401
    assert (await client.post("/api/posts/1/comments", json={"content": "Hello"})).status_code == 401


async def test_letters_are_asked_for_and_ended(app: Quart, client: Client, ada: Person, grace: Person, post: Post):
    address, (author, reader) = "/api/posts/1/comments/letters", [await bearer(app, one) for one in (ada, grace)]

    async def gets(who: dict[str, str]) -> bool:
        found: bool = (await (await client.get(address, headers=who)).get_json())["letters"]
        return found

    assert [await gets(one) for one in (author, reader)] == [True, False]
    for method, wanted in ((client.put, True), (client.put, True), (client.delete, False), (client.put, True)):
        for who in (author, reader):
            waits = wanted and who is reader
            assert await (await method(address, headers=who)).get_json() == {"letters": wanted, "waits": waits}
            assert await gets(who) is wanted
    await client.delete(address, headers=reader)
    said = await client.post("/api/posts/1/comments", json={"content": "Tell me", "tells": True}, headers=reader)
    assert await gets(reader) is False
    await client.post(f"/api/comments/{(await said.get_json())['id']}/approve", headers=author)
    assert await gets(reader) is True
    assert (await client.put(address)).status_code == 401
    assert (await client.put("/api/posts/99/comments/letters", headers=reader)).status_code == 404
    assert (await client.delete("/api/posts/99/comments/letters", headers=reader)).status_code == 404


async def test_who_can_not_read_a_post_any_more_can_still_leave_its_comments(
    app: Quart, client: Client, author: Headers, reader: Headers
):
    address = "/api/posts/1/comments/letters"
    await client.put(address, headers=reader)
    await client.patch("/api/posts/1", json={"state": "private"}, headers=author)
    assert [(await client.delete(address, headers=reader)).status_code for _ in range(2)] == [200, 404]
    await client.patch("/api/posts/1", json={"state": "published"}, headers=author)
    assert (await (await client.get(address, headers=reader)).get_json())["letters"] is False


async def test_comments_of_a_draft_are_not_followed(app: Quart, client: Client, ada: Person):
    await make.post(app, ada, state="draft")
    assert (await client.put("/api/posts/1/comments/letters", headers=await bearer(app, ada))).status_code == 403
