"""Posts of several authors: invited, accepted, with equal rights."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from tests.accounts import make as accounts
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.posts.editor import stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send


async def asked(app: Quart, person: Person, method: str, path: str, **document: Any) -> tuple[int, Any]:
    answer = await app.test_client().open(path, method=method, json=document, headers=await bearer(app, person))
    return answer.status_code, await answer.get_json()


async def joins(app: Quart, first: Person, guest: Person, post: int = 1) -> None:
    assert (await asked(app, first, "POST", f"/api/posts/{post}/authors", username=guest.username))[0] == 201
    assert (await asked(app, guest, "POST", f"/api/invitations/{post}/accept"))[0] == 200


async def authors(client: Client, post: int = 1) -> list[str]:
    found: list[str] = (await (await client.get(f"/api/posts/{post}")).get_json())["authors"]
    return found


@pytest.fixture
async def draft(app: Quart, ada: Person) -> int:
    return (await make.post(app, ada, TITLE, state="draft")).id


async def test_who_accepts_has_the_same_rights(app: Quart, ada: Person, grace: Person, draft: int):
    assert (await asked(app, grace, "GET", "/api/posts/1"))[0] == 404
    assert (await asked(app, ada, "POST", "/api/posts/1/authors", username=" GRACE "))[0] == 201
    assert (await asked(app, grace, "GET", "/api/posts/1"))[0] == 404
    _, found = await asked(app, grace, "GET", "/api/invitations")
    assert [(one["post_id"], one["title"], one["author"]) for one in found["invitations"]] == [(1, TITLE, "ada")]
    assert (await asked(app, grace, "GET", "/api/dashboard"))[1]["waiting"]["invitations"] == 1
    status, post = await asked(app, grace, "POST", "/api/invitations/1/accept")
    assert (status, post["authors"], post["author"]) == (200, ["ada", "grace"], "ada")
    assert (await asked(app, grace, "POST", "/api/invitations/1/accept"))[0] == 404

    assert (await asked(app, grace, "PATCH", "/api/posts/1", content="A mended text.", state="published"))[0] == 200
    assert (await asked(app, grace, "POST", "/api/posts/1/link"))[0] == 200
    assert (await asked(app, grace, "GET", "/api/posts/1/revisions"))[0] == 200
    assert (await asked(app, grace, "POST", "/api/posts/1/revisions/1/restore"))[0] == 200
    _, board = await asked(app, grace, "GET", "/api/dashboard")
    assert ([one["authors"] for one in board["posts"]], board["counts"]) == ([["ada", "grace"]], {"published": 1})
    assert board["waiting"]["invitations"] == 0
    assert (await asked(app, grace, "DELETE", "/api/posts/1"))[0] == 200
    assert [one["id"] for one in (await asked(app, grace, "GET", "/api/trash"))[1]["posts"]] == [1]
    assert (await asked(app, ada, "POST", "/api/trash/1/restore"))[0] == 200


async def test_readers_see_all_who_wrote_it(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada, TITLE)
    for path in ("/", "/posts/1", "/users/grace", "/api/posts"):
        await client.get(path)
    tag = (await client.get("/api/posts/1")).headers["ETag"]
    await joins(app, ada, grace)
    for path in ("/", "/posts/1"):
        links = (await get(client, path)).links
        assert (links["ada"], links["grace"]) == ("/users/ada", "/users/grace")
    assert (await get(client, "/users/grace")).posts == [TITLE]
    assert (await get(client, "/users/ada")).posts == [TITLE]
    page = await get(await signed_in(app, grace), "/dashboard")
    assert (page.status, page.posts, page.links["ada"]) == (200, [TITLE], "/users/ada")
    listed = await (await client.get("/api/posts")).get_json()
    assert listed["posts"][0]["authors"] == ["ada", "grace"]
    assert (await client.get("/api/posts/1")).headers["ETag"] != tag
    assert "Edited" not in (await get(client, "/posts/1")).text
    assert [post.version for post in await stored_posts(app)] == [1]


async def test_an_author_page_pages_through_both_kinds(app: Quart, client: Client, ada: Person, grace: Person):
    for number in range(1, 25):
        await make.post(app, ada if number % 2 else grace, f"Post number {number}")
    for number in (1, 11, 23):
        await joins(app, ada, grace, number)
    wanted = [f"Post number {number}" for number in range(24, 0, -1) if number % 2 == 0 or number in {1, 11, 23}]
    found = [title for page in ("", "?page=2") for title in (await get(client, f"/users/grace{page}")).posts]
    assert found == wanted


async def test_it_works_by_buttons(app: Quart, ada: Person, grace: Person, draft: int):
    mine, theirs = await signed_in(app, ada), await signed_in(app, grace)
    page = await send(mine, "/posts/1/authors", username="nobody")
    assert (page.status, page.error("username")) == (422, "There is nobody of that name here.")
    page = await send(mine, "/posts/1/authors", username="ada")
    assert (page.status, page.error("username")) == (422, "They write this post already.")
    page = await send(mine, "/posts/1/authors", username="grace")
    assert "not yet answered" in page.text
    page = await get(theirs, "/dashboard")
    assert "1 invitation to write along" in page.text
    assert "Accept" in page.text
    page = await send(theirs, "/invitations/1/accept")
    assert (page.path, page.h1) == ("/posts/1/edit", "Edit your post")
    page = await send(theirs, "/posts/1/edit", title=TITLE, content="Both of us.", version="1")
    assert page.status == 200
    assert "grace" in (await get(mine, "/posts/1/revisions")).text
    page = await send(theirs, "/posts/1/authors/remove", username="grace")
    assert (page.path, page.posts) == ("/dashboard", [])
    await send(mine, "/posts/1/authors", username="grace")
    assert "Accept" not in (await send(theirs, "/invitations/1/decline")).text


async def test_only_the_first_author_removes_others(app: Quart, ada: Person, grace: Person, root: Person, draft: int):
    linus = await accounts.user(app, "linus")
    await joins(app, ada, grace)
    await joins(app, grace, linus)
    assert (await asked(app, linus, "DELETE", "/api/posts/1/authors/grace"))[0] == 403
    assert (await asked(app, linus, "DELETE", "/api/posts/1/authors/ada"))[0] == 403
    assert (await asked(app, ada, "DELETE", "/api/posts/1/authors/nobody"))[0] == 404
    assert (await asked(app, linus, "DELETE", "/api/posts/1/authors/linus"))[0] == 200
    assert (await asked(app, linus, "GET", "/api/posts/1"))[0] == 404
    assert (await asked(app, grace, "POST", "/api/posts/1/authors", username="linus"))[0] == 201
    assert (await asked(app, grace, "DELETE", "/api/posts/1/authors/linus"))[0] == 200
    assert (await asked(app, linus, "POST", "/api/invitations/1/accept"))[0] == 404
    assert (await asked(app, root, "DELETE", "/api/posts/1/authors/grace"))[0] == 200
    _, found = await asked(app, ada, "GET", "/api/posts/1/authors")
    assert [one["username"] for one in found["authors"]] == ["ada"]


async def test_strangers_neither_invite_nor_look(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada, TITLE)
    for method in ("GET", "POST"):
        assert (await asked(app, grace, method, "/api/posts/1/authors", username="grace"))[0] == 403
        assert (await client.open("/api/posts/1/authors", method=method)).status_code == 401
    assert (await asked(app, grace, "POST", "/api/invitations/1/decline"))[0] == 404


async def test_a_new_name_stands_on_what_they_wrote(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada, TITLE)
    await joins(app, ada, grace)
    await client.get("/posts/1")
    assert (await asked(app, grace, "PATCH", f"/api/users/{grace.id}", username="gracia"))[0] == 200
    assert await authors(client) == ["ada", "gracia"]
    assert "gracia" in (await get(client, "/posts/1")).links


async def test_a_post_stays_while_one_of_its_authors_does(app: Quart, client: Client, ada: Person, grace: Person):
    linus = await accounts.user(app, "linus")
    await make.post(app, ada, TITLE, new_series="Letters")
    await make.post(app, ada, "Hers alone")
    await joins(app, ada, grace)
    await joins(app, ada, linus)
    await client.get("/posts/1")
    assert (await asked(app, ada, "DELETE", f"/api/users/{ada.id}"))[0] == 200
    assert await authors(client) == ["grace", "linus"]
    assert list((await get(client, "/")).posts) == [TITLE]
    assert (await client.get("/posts/2")).status_code == 404
    assert (await asked(app, grace, "DELETE", "/api/posts/1/authors/linus"))[0] == 200
    assert (await asked(app, linus, "DELETE", f"/api/users/{linus.id}"))[0] == 200
    assert await authors(client) == ["grace"]


async def test_two_who_write_at_once_are_put_together(app: Quart, ada: Person, grace: Person):
    await make.post(app, ada, TITLE, content="The frist paragraph.\n\nThe second paragraph.")
    await joins(app, ada, grace)
    mine, theirs = await signed_in(app, ada), await signed_in(app, grace)
    one = {"title": TITLE, "content": "The first paragraph.\n\nThe second paragraph.", "version": "1"}
    two = {"title": TITLE, "content": "The frist paragraph.\n\nThe second paragraph, longer.", "version": "1"}
    assert (await send(theirs, "/posts/1/edit", **one)).status == 200
    assert (await send(mine, "/posts/1/edit", **two)).status == 200
    (post,) = await stored_posts(app)
    assert post.content == "The first paragraph.\n\nThe second paragraph, longer."
    assert post.content != CONTENT
