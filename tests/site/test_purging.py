"""Whatever is done, through whatever door: strangers see it at once, as a blog that keeps nothing would show it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from quart import Quart

from blogapp.accounts import service
from blogapp.actor import Actor
from blogapp.errors import Forbidden
from tests.comments import make as comments
from tests.people import PASSWORD, Client, Person, bearer, resources, signed_in
from tests.posts import make
from tests.posts.doors import DOORS, Door
from tests.serving import serving

SEEN = (
    "/",
    "/?page=2",
    *(
        f"/posts/{number}/{slug}"
        for number in (1, 2)
        for slug in ("what-the-tide-left-behind", "of-grace", "new-title")
    ),
    *(f"/users/{name}" for name in ("ada", "grace", "lovelace", "new")),
    *(f"{door}{path}" for path in ("/tags", "/tags/sea", "/tags/ocean", "/tags/sand") for door in ("", "/api")),
    *("/api/posts?tag=sea", "/series", "/series/letters", "/api/series", "/api/series/1"),
    *("/api/posts/1/comments", "/api/posts/2/comments", "/api/comments/1", "/api/comments/2"),
    *("/api/posts/1/like", "/api/posts/2/like"),
    *("/comments", "/comments/feed.atom", "/posts/1/comments/feed.json", "/posts/2/comments/feed.rss"),
    *("/archive", "/api/archive", "/api/posts/1/around", "/api/posts/2/around"),
    *(f"/api/{path}" for path in ("posts", "posts?per_page=1", "users", "users?page=2&per_page=1")),
    *(f"/api/{kind}/{number}" for kind in ("posts", "users") for number in (1, 2, 3)),
)


@pytest.fixture
async def plain(database_url: str) -> AsyncIterator[Quart]:
    """A process on the same database that keeps nothing."""
    async with serving(database_url, page_cache_bytes=0) as plain:
        yield plain


@pytest.fixture
async def blog(app: Quart, ada: Person, grace: Person, root: Person) -> Quart:
    await make.post(app, ada, tags=["Sea", "Sand"], new_series="Letters")
    await make.post(app, grace, "Of Grace", tags=["Sea"])
    await comments.comment(app, ada, 2)
    await comments.comment(app, ada, 1)
    return app


@pytest.fixture(params=DOORS)
async def door(request: pytest.FixtureRequest, blog: Quart, ada: Person) -> Door:
    opened = DOORS[request.param]()
    await opened.open_as(blog, ada)
    return opened


@pytest.fixture
async def program(blog: Quart, ada: Person) -> tuple[Client, dict[str, str]]:
    return blog.test_client(), await bearer(blog, ada)


async def _seen(app: Quart) -> dict[str, tuple[int, bytes]]:
    client = app.test_client()
    answers = {path: await client.get(path) for path in SEEN}
    return {
        path: (answer.status_code, await answer.get_data() if answer.status_code == 200 else b"")
        for path, answer in answers.items()
    }


async def _assert_seen_at_once(blog: Quart, plain: Quart, before: dict[str, Any]) -> None:
    after = await _seen(plain)
    assert await _seen(blog) == after
    assert after != before


async def test_nothing_changes_what_is_seen_while_nothing_happens(blog: Quart, plain: Quart):
    assert await _seen(blog) == await _seen(blog) == await _seen(plain)


async def test_publishing(blog: Quart, plain: Quart, door: Door):
    before = await _seen(blog)
    assert (await door.publish(title="New title", content="Something new.")).status == 200
    await _assert_seen_at_once(blog, plain, before)


async def test_editing(blog: Quart, plain: Quart, door: Door):
    before = await _seen(blog)
    assert (await door.edit(1, title="New title", content="Something new.")).status == 200
    await _assert_seen_at_once(blog, plain, before)


async def test_deleting(blog: Quart, plain: Quart, door: Door):
    before = await _seen(blog)
    assert (await door.delete(1)).status == 200
    await _assert_seen_at_once(blog, plain, before)


async def test_renaming(blog: Quart, plain: Quart, program: tuple[Client, dict[str, str]]):
    client, headers = program
    before = await _seen(blog)
    assert (await client.patch("/api/users/1", json={"username": "lovelace"}, headers=headers)).status_code == 200
    await _assert_seen_at_once(blog, plain, before)


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("PATCH", "tags/sea", {"name": "Ocean"}),
        ("POST", "tags/sea/merge", {"into": "sand"}),
        ("PATCH", "posts/1", {"tags": []}),
        ("PATCH", "posts/1", {"series_id": 0}),
        ("PATCH", "series/1", {"title": "Letters from the shore"}),
        ("PUT", "series/1/posts", {"ids": []}),
        ("DELETE", "series/1", {}),
    ],
)
async def test_changing_what_groups_posts(
    blog: Quart, plain: Quart, root: Person, method: str, path: str, asked: dict[str, Any]
):
    before = await _seen(blog)
    done = await blog.test_client().open(f"/api/{path}", method=method, json=asked, headers=await bearer(blog, root))
    assert done.status_code == 200
    await _assert_seen_at_once(blog, plain, before)


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "posts/1/comments", {"content": "And another."}),
        ("PATCH", "comments/2", {"content": "Two of these."}),
        ("DELETE", "comments/2", {}),
        ("POST", "comments/2/hide", {}),
        ("PUT", "posts/1/comments/closed", {}),
        ("PUT", "posts/1/like", {}),
        ("DELETE", "posts/2/like", {}),
    ],
)
async def test_what_readers_do(
    blog: Quart, plain: Quart, program: tuple[Client, dict[str, str]], method: str, path: str, asked: dict[str, Any]
):
    client, headers = program
    await client.put("/api/posts/2/like", headers=headers)
    before = await _seen(blog)
    assert (await client.open(f"/api/{path}", method=method, json=asked, headers=headers)).status_code in {200, 201}
    await _assert_seen_at_once(blog, plain, before)


async def test_showing_what_waited(blog: Quart, plain: Quart, grace: Person):
    before = await _seen(blog)
    done = await blog.test_client().post("/api/comments/1/approve", headers=await bearer(blog, grace))
    assert done.status_code == 200
    await _assert_seen_at_once(blog, plain, before)


async def test_registering(blog: Quart, plain: Quart):
    before = await _seen(blog)
    form = {"username": "new", "email": "new@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    assert (await blog.test_client().post("/auth/register", form=form)).status_code == 303
    await _assert_seen_at_once(blog, plain, before)


async def test_making_an_account(blog: Quart, plain: Quart, root: Person):
    before = await _seen(blog)
    account = {"username": "new", "email": "new@example.org", "password": PASSWORD}
    made = await blog.test_client().post("/api/users", json=account, headers=await bearer(blog, root))
    assert made.status_code == 201
    await _assert_seen_at_once(blog, plain, before)


async def test_deleting_an_account_by_program(blog: Quart, plain: Quart, program: tuple[Client, dict[str, str]]):
    client, headers = program
    before = await _seen(blog)
    assert (await client.delete("/api/users/1", headers=headers)).status_code == 200
    await _assert_seen_at_once(blog, plain, before)


async def test_deleting_ones_account(blog: Quart, plain: Quart, ada: Person):
    before = await _seen(blog)
    browser = await signed_in(blog, ada)
    form = {"username": "ada", "current_password": PASSWORD}
    assert (await browser.post("/settings/delete", form=form)).status_code == 303
    await _assert_seen_at_once(blog, plain, before)


async def test_suspending_and_reinstating(blog: Quart, plain: Quart, ada: Person):
    """What is shown of an account is made anew, though nothing of it is hidden today."""
    for act in (service.suspend, service.reinstate):
        moment = blog.asgi_app._pages._pages.moment
        async with resources(blog).db.transaction() as session:
            await act(session, await service.get(session, ada.id))
        assert blog.asgi_app._pages._pages.moment > moment
        assert await _seen(blog) == await _seen(plain)


async def test_an_act_that_is_undone_purges_nothing(blog: Quart, ada: Person):
    moment = blog.asgi_app._pages._pages.moment
    with pytest.raises(Forbidden):
        await _delete_twice(blog, ada)
    assert blog.asgi_app._pages._pages.moment == moment


async def _delete_twice(blog: Quart, person: Person) -> None:
    async with resources(blog).db.transaction() as session:
        user = await service.get(session, person.id)
        await service.remove(session, Actor(person.id), user)
        await service.remove(session, Actor(None), user)
