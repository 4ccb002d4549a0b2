"""Series: posts that are read in an order."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.posts.doors import DOORS, Door
from tests.posts.editor import stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import Page, get, send, words


@pytest.fixture(params=["form", "json"])
def door(request: pytest.FixtureRequest) -> Door:
    return DOORS[request.param]()


@pytest.fixture
async def letters(app: Quart, ada: Person) -> list[int]:
    """Three letters in a series, the first of Ada's."""
    return [
        (await make.post(app, ada, f"Letter number {number}", new_series="Letters from the shore")).id
        for number in (1, 2, 3)
    ]


async def asked(app: Quart, person: Person, method: str, path: str, **document: Any) -> tuple[int, Any]:
    answer = await app.test_client().open(path, method=method, json=document, headers=await bearer(app, person))
    return answer.status_code, await answer.get_json()


async def part(client: Client, post: int) -> Any:
    return (await (await client.get(f"/api/posts/{post}")).get_json())["series"]


def beside(page: Page) -> dict[str, str]:
    """What the page says of its series: the post before, the one after, and its number."""
    (series, *_) = [nav for nav in page.all("nav") if nav.get("aria-label") == "Series"] or [None]
    links = () if series is None else series.iter("a")
    found = {link.get("rel", ""): words(link) for link in links if link.get("rel")}
    number = [words(line) for line in page.all("p") if words(line).startswith("Part ")]
    return found | {"part": number[0] if number else ""}


async def test_a_post_begins_a_series_and_others_follow_in_it(app: Quart, client: Client, door: Door, ada: Person):
    await door.open_as(app, ada)
    for number in (1, 2, 3):
        title = f"Letter number {number}"
        said = await door.publish(title=title, content=CONTENT, new_series=" Letters  from the shore")
        assert said.status == 200
    assert [await part(client, post) for post in (1, 2, 3)] == [
        {"id": 1, "title": "Letters from the shore", "slug": "letters-from-the-shore", "position": position}
        for position in (1, 2, 3)
    ]
    assert beside(await get(client, "/posts/2")) == {
        "part": "Part 2 of 3 of Letters from the shore",
        "prev": "Letter number 1",
        "next": "Letter number 3",
    }
    page = await get(client, "/series/letters-from-the-shore")
    assert page.posts == ["Letter number 1", "Letter number 2", "Letter number 3"]


async def test_what_is_left_out_stays_in_its_series(app: Quart, client: Client, ada: Person, letters: list[int]):
    browser = await signed_in(app, ada)
    await browser.post("/posts/2/edit", form={"title": "Another title", "content": CONTENT})
    assert (await asked(app, ada, "PATCH", "/api/posts/2", title="A third title", tags=["Sea"]))[0] == 200
    assert (await part(client, 2))["position"] == 2
    page = await get(browser, "/posts/2/edit")
    assert [option.get("value") for option in page.all("option") if "selected" in option.attrib] == ["published", "1"]
    await browser.post("/posts/2/edit", form={"title": TITLE, "content": CONTENT, "series_id": "0"})
    assert await part(client, 2) is None
    assert beside(await get(client, "/posts/3"))["part"] == "Part 2 of 2 of Letters from the shore"
    stored = {post.id: post.version for post in await stored_posts(app)}
    assert stored == {1: 1, 2: 4, 3: 1}


async def test_only_listed_posts_count_for_readers(app: Quart, client: Client, ada: Person, letters: list[int]):
    await get(client, "/posts/3")
    tag = (await client.get("/api/posts/3")).headers["ETag"]
    await asked(app, ada, "PATCH", "/api/posts/2", state="draft")
    assert beside(await get(client, "/posts/3")) == {
        "part": "Part 2 of 2 of Letters from the shore",
        "prev": "Letter number 1",
    }
    assert (await client.get("/api/posts/3")).headers["ETag"] != tag
    assert (await get(client, "/series/letters-from-the-shore")).posts == ["Letter number 1", "Letter number 3"]
    browser = await signed_in(app, ada)
    assert len((await get(browser, "/series/letters-from-the-shore")).posts) == 3
    assert "In the series" in (await get(browser, "/posts/2")).text
    assert len((await asked(app, ada, "GET", "/api/series/1"))[1]["posts"]) == 3
    await client.delete("/api/posts/1", headers=await bearer(app, ada))
    assert beside(await get(client, "/posts/3")) == {"part": "Part 1 of 1 of Letters from the shore"}


async def test_series_with_posts_are_listed(app: Quart, client: Client, ada: Person, letters: list[int]):
    assert (await asked(app, ada, "POST", "/api/series", title="Empty so far"))[0] == 201
    assert (await get(client, "/series")).posts == ["Letters from the shore"]


async def test_its_author_puts_it_in_order_by_program(app: Quart, client: Client, ada: Person, letters: list[int]):
    await make.post(app, ada, "The fourth letter")
    for path in ("/posts/1", "/posts/4"):
        await get(client, path)
    status, document = await asked(app, ada, "PUT", "/api/series/1/posts", ids=[4, 3, 1])
    assert (status, [post["id"] for post in document["posts"]], document["count"]) == (200, [4, 3, 1], 3)
    assert beside(await get(client, "/posts/4")) == {
        "part": "Part 1 of 3 of Letters from the shore",
        "next": "Letter number 3",
    }
    assert await part(client, 2) is None
    assert (await part(client, 1))["position"] == 3
    assert {post.version for post in await stored_posts(app)} == {1}
    assert "Edited" not in (await get(client, "/posts/1")).text


async def test_its_author_puts_it_in_order_by_buttons(app: Quart, client: Client, ada: Person, letters: list[int]):
    browser = await signed_in(app, ada)
    for button, order in (("down", [2, 1, 3]), ("down", [2, 3, 1]), ("up", [2, 1, 3]), ("out", [2, 3])):
        page = await send(browser, "/series/1/move", post_id="1", to=button)
        assert page.status == 200
        document = (await asked(app, ada, "GET", "/api/series/1"))[1]
        assert [post["id"] for post in document["posts"]] == order
    edited = await send(browser, "/series/1/edit", title="Letters", description="One a month.")
    assert (edited.h1, edited.path) == ("Letters", "/series/letters-from-the-shore")
    assert "One a month." in (await get(client, "/series/letters-from-the-shore")).text
    assert "of Letters" in beside(await get(client, "/posts/2"))["part"]
    await send(browser, "/series/1/delete")
    assert (await client.get("/series/letters-from-the-shore")).status_code == 404
    assert await part(client, 2) is None
    assert (await get(client, "/posts/2")).h1 == "Letter number 2"


async def test_a_series_is_its_authors_to_change(
    app: Quart, client: Client, grace: Person, root: Person, letters: list[int]
):
    page = await send(await signed_in(app, grace), "/dashboard/series", title="Letters from the shore", description="")
    assert page.links["Letters from the shore"] == "/series/letters-from-the-shore-2"
    calls = (
        ("PATCH", "/api/series/{}", {"title": "Mine"}),
        ("PUT", "/api/series/{}/posts", {"ids": []}),
        ("DELETE", "/api/series/{}", {}),
    )
    for method, path, document in calls:
        assert (await asked(app, grace, method, path.format(1), **document))[0] == 403
        assert (await asked(app, grace, method, path.format(7), **document))[0] == 404
    assert (await (await signed_in(app, grace)).get("/series/1/edit")).status_code == 403
    assert (await asked(app, grace, "PUT", "/api/series/2/posts", ids=[1]))[0] == 404
    draft = {"title": TITLE, "content": CONTENT, "series_id": 1}
    assert (await asked(app, grace, "POST", "/api/posts", **draft))[0] == 404
    assert [
        (await client.get(f"/{path}")).status_code for path in ("api/series/2", "series/letters-from-the-shore-2")
    ] == [404] * 2
    listed = (await (await client.get("/api/series")).get_json())["series"]
    assert [(one["id"], one["count"], one["author"]) for one in listed] == [(1, 3, "ada")]
    assert (await asked(app, grace, "GET", "/api/series"))[1]["total"] == 2
    assert (await asked(app, root, "PATCH", "/api/series/1", description="Of the sea."))[0] == 200


async def test_a_series_goes_with_its_author(app: Quart, client: Client, ada: Person, letters: list[int]):
    await get(client, "/series/letters-from-the-shore")
    assert (await asked(app, ada, "DELETE", f"/api/users/{ada.id}"))[0] == 200
    assert (await client.get("/series/letters-from-the-shore")).status_code == 404
    assert (await (await client.get("/api/series")).get_json())["total"] == 0
