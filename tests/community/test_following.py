"""Following, saving and liking, through both doors, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from blogapp.community import queries, service
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.reading import get, send

Headers = dict[str, str]


@pytest.fixture
async def reader(app: Quart, grace: Person) -> Headers:
    return await bearer(app, grace)


@pytest.fixture
async def browser(app: Quart, grace: Person) -> Client:
    return await signed_in(app, grace)


async def ask(client: Client, who: Headers | None, method: str, path: str, status: int = 200) -> Any:
    answer = await client.open(f"/api/{path}", method=method, headers=who)
    assert answer.status_code == status, await answer.get_data(as_text=True)
    return await answer.get_json()


async def titles(client: Client, who: Headers, path: str = "following/posts") -> list[str]:
    return [post["title"] for post in (await ask(client, who, "GET", path))["posts"]]


async def test_a_feed_has_what_followed_authors_write_and_what_is_under_followed_tags(
    app: Quart, client: Client, ada: Person, root: Person, reader: Headers
):
    await make.post(app, ada, "By Ada", tags=["Sea"])
    await make.post(app, root, "By root", tags=["Sea", "Salt"])
    await make.post(app, root, "About sand", tags=["Sand"])
    await make.post(app, root, "A draft about the sea", tags=["Sea"], state="draft")
    assert await titles(client, reader) == []

    assert await ask(client, reader, "PUT", f"following/authors/{ada.id}") == {"is_followed": True}
    assert await titles(client, reader) == ["By Ada"]
    await ask(client, reader, "PUT", "following/tags/sea")
    assert await titles(client, reader) == ["By root", "By Ada"]

    following = await ask(client, reader, "GET", "following")
    assert [one["username"] for one in following["authors"]] == ["ada"]
    assert [one["url"] for one in following["tags"]] == ["/tags/sea"]

    await ask(client, reader, "DELETE", f"following/authors/{ada.id}")
    await ask(client, reader, "DELETE", "following/tags/sea")
    assert await ask(client, reader, "GET", "following") == {"authors": [], "tags": []}
    assert await titles(client, reader) == []


async def test_a_feed_has_what_somebody_wrote_along(
    app: Quart, client: Client, ada: Person, root: Person, reader: Headers
):
    await make.post(app, root, "By both")
    await client.post("/api/posts/1/authors", json={"username": "ada"}, headers=await bearer(app, root))
    await ask(client, reader, "PUT", f"following/authors/{ada.id}")
    assert await titles(client, reader) == []
    await client.post("/api/invitations/1/accept", headers=await bearer(app, ada))
    assert await titles(client, reader) == ["By both"]


async def test_a_feed_is_made_of_the_newest_of_each(
    app: Quart, client: Client, ada: Person, root: Person, reader: Headers, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queries, "NEWEST_OF_EACH", 2)
    queries._feed.cache_clear()
    for number in range(3):
        await make.post(app, ada, f"Ada {number}")
        await make.post(app, root, f"Under a tag {number}", tags=["Sea"])
    await ask(client, reader, "PUT", f"following/authors/{ada.id}")
    await ask(client, reader, "PUT", "following/tags/sea")
    assert await titles(client, reader) == ["Under a tag 2", "Ada 2", "Under a tag 1", "Ada 1"]
    assert await titles(client, reader, "following/posts?per_page=1&page=2") == ["Ada 2"]
    queries._feed.cache_clear()


async def test_who_can_not_be_followed_is_said(
    app: Quart, client: Client, ada: Person, grace: Person, reader: Headers, monkeypatch: pytest.MonkeyPatch
):
    await ask(client, reader, "PUT", "following/authors/99", 404)
    await ask(client, reader, "DELETE", "following/authors/99", 404)
    for method in ("PUT", "DELETE"):
        await ask(client, reader, method, "following/tags/nothing", 404)
        await ask(client, reader, method, "reading-list/99", 404)
    problem = await ask(client, reader, "PUT", f"following/authors/{grace.id}", 409)
    assert problem["detail"] == service.YOURSELF
    await ask(client, None, "PUT", f"following/authors/{ada.id}", 401)
    monkeypatch.setattr(service, "MOST_FOLLOWED", 0)
    assert (await ask(client, reader, "PUT", f"following/authors/{ada.id}", 409))["detail"] == service.TOO_MANY


async def test_who_follows_a_tag_follows_what_it_is_merged_into(
    app: Quart, client: Client, ada: Person, root: Person, reader: Headers
):
    await make.post(app, ada, "The first", tags=["Sea"])
    await make.post(app, ada, "The second", tags=["Ocean"])
    admin = await bearer(app, root)
    await ask(client, reader, "PUT", "following/tags/sea")
    await ask(client, admin, "PUT", "following/tags/sea")
    await ask(client, admin, "PUT", "following/tags/ocean")
    await client.post("/api/tags/sea/merge", json={"into": "ocean"}, headers=admin)
    for who in (reader, admin):
        assert [one["slug"] for one in (await ask(client, who, "GET", "following"))["tags"]] == ["ocean"]
        assert await titles(client, who) == ["The second", "The first"]


async def test_a_like_counts_once_and_goes_with_its_account(
    app: Quart, client: Client, ada: Person, grace: Person, reader: Headers
):
    await make.post(app, ada)
    for _ in range(2):
        assert await ask(client, reader, "PUT", "posts/1/like") == {"likes": 1, "is_liked": True}
    author = await bearer(app, ada)
    assert await ask(client, author, "GET", "posts/1/like") == {"likes": 1, "is_liked": False}
    assert await ask(client, author, "PUT", "posts/1/like") == {"likes": 2, "is_liked": True}
    assert await ask(client, author, "DELETE", "posts/1/like") == {"likes": 1, "is_liked": False}
    assert await ask(client, author, "DELETE", "posts/1/like") == {"likes": 1, "is_liked": False}
    updated_at = (await ask(client, None, "GET", "posts/1"))["updated_at"]
    await ask(client, reader, "DELETE", f"users/{grace.id}")
    assert await ask(client, None, "GET", "posts/1/like") == {"likes": 0, "is_liked": False}
    assert (await ask(client, None, "GET", "posts/1"))["updated_at"] == updated_at


async def test_a_reading_list_is_in_the_order_of_saving_and_has_no_more_than_can_be_read(
    app: Quart, client: Client, ada: Person, reader: Headers
):
    for title in ("The first", "The second", "The third"):
        await make.post(app, ada, title)
    for post_id in (2, 3, 1, 2):
        assert await ask(client, reader, "PUT", f"reading-list/{post_id}") == {"is_saved": True}
    assert await titles(client, reader, "reading-list") == ["The first", "The third", "The second"]
    await client.patch("/api/posts/3", json={"state": "private"}, headers=await bearer(app, ada))
    assert await titles(client, reader, "reading-list") == ["The first", "The second"]
    for post_id in (3, 1):
        assert await ask(client, reader, "DELETE", f"reading-list/{post_id}") == {"is_saved": False}
    assert await titles(client, reader, "reading-list") == ["The second"]


@pytest.mark.parametrize("path", ["posts/1/like", "reading-list/1"])
async def test_a_draft_is_neither_liked_nor_saved(app: Quart, client: Client, ada: Person, reader: Headers, path: str):
    await make.post(app, ada, state="draft")
    await ask(client, reader, "PUT", path, 404)
    assert (await ask(client, await bearer(app, ada), "PUT", path, 403))["detail"] == service.NOT_PUBLIC


async def test_without_scripts_all_of_it_works(app: Quart, browser: Client, ada: Person):
    await make.post(app, ada, tags=["Sea"])
    here = "/posts/1/what-the-tide-left-behind"
    for act, pressed in (("like", 1), ("save", 2), ("like/remove", 1), ("save/remove", 0)):
        answer = await browser.post(f"/posts/1/{act}", form={})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{here}#reader")
        buttons = (await get(browser, here)).by_id("reader").iter("button")
        assert [button.get("aria-pressed") for button in buttons].count("true") == pressed

    await browser.post("/posts/1/save", form={})
    assert (await get(browser, "/reading-list")).posts == [make.TITLE]
    assert "off your reading list" in (await send(browser, "/reading-list/1/remove")).main
    assert (await get(browser, "/reading-list")).posts == []

    for path, act, leave in (
        ("/users/ada", "/following/authors/ada", "/unfollowing/authors/ada"),
        ("/tags/sea", "/following/tags/sea", "/unfollowing/tags/sea"),
    ):
        assert act in (await get(browser, path)).actions().values()
        assert "in your feed from now on" in (await send(browser, act)).main
        assert make.TITLE in (await get(browser, "/following")).posts
        assert leave in (await get(browser, path)).actions().values()
        assert "You no longer follow" in (await send(browser, leave)).main
        assert make.TITLE not in (await get(browser, "/following")).posts
    assert (await browser.post("/following/authors/nobody", form={})).status_code == 404


async def test_strangers_are_led_to_log_in(app: Quart, client: Client, ada: Person):
    await make.post(app, ada, tags=["Sea"])
    for path in ("/following", "/reading-list", "/notifications"):
        assert (await client.get(path)).headers["Location"].startswith("/auth/login")
    like = (await get(client, "/posts/1/what-the-tide-left-behind")).links["Like"]
    assert like == "/auth/login?next=/posts/1/what-the-tide-left-behind"
    assert "Follow ada" not in (await get(client, "/users/ada")).actions()
