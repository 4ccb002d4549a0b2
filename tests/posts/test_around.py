"""What a reader is shown beside a post: how long it takes, its contents, and where to read on."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from blogapp.outline import headings, minutes
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.reading import get

PARAGRAPH = "The sea was out, and the whole beach lay open like a book. " * 20


async def around(client: Client, number: int, **headers: str) -> Any:
    return await (await client.get(f"/api/posts/{number}/around", headers=headers)).get_json()


def ids(document: Any) -> tuple[int | None, int | None]:
    older, newer = document["older"], document["newer"]
    return older and older["id"], newer and newer["id"]


async def test_a_post_leads_to_the_ones_before_and_after(app: Quart, client: Client, ada: Person):
    first, second, third = await make.posts(app, ada, 3)
    page = await get(client, f"/posts/{second.id}/{second.slug}")
    assert page.links["Previous Post number 1"] == f"/posts/{first.id}/{first.slug}"
    assert page.links["Next Post number 3"] == f"/posts/{third.id}/{third.slug}"
    assert ids(await around(client, first.id)) == (None, second.id)
    assert ids(await around(client, third.id)) == (second.id, None)


@pytest.mark.parametrize("state", ["draft", "private", "unlisted"])
async def test_what_no_list_shows_is_passed_over(app: Quart, client: Client, ada: Person, state: str):
    first = await make.post(app, ada, "The first")
    hidden = await make.post(app, ada, "The hidden", state=state)
    last = await make.post(app, ada, "The last")
    assert ids(await around(client, first.id)) == (None, last.id)
    mine = await around(client, hidden.id, **(await bearer(app, ada)))
    assert ids(mine) == (None, None)


async def test_what_shares_most_tags_is_related(app: Quart, client: Client, ada: Person):
    asked = await make.post(app, ada, "Asked", tags=["Sea", "Sand", "Salt"])
    one = await make.post(app, ada, "One in common", tags=["Sea"])
    two = await make.post(app, ada, "Two in common", tags=["Sea", "Salt"])
    await make.post(app, ada, "A draft of it", tags=["Sea", "Salt", "Sand"], state="draft")
    await make.post(app, ada, "Nothing in common", tags=["Mountain"])
    found = await around(client, asked.id)
    assert [post["id"] for post in found["related"]] == [two.id, one.id]
    page = await get(client, f"/posts/{asked.id}/{asked.slug}")
    assert {"Two in common", "One in common"} <= page.links.keys()


def test_reading_takes_a_minute_for_230_words_and_for_500_signs_without_blanks():
    assert [minutes("word " * number) for number in (1, 230, 575, 2300)] == [1, 1, 3, 10]
    assert minutes("潮" * 2500) == 5


async def test_a_long_post_has_a_list_of_its_headings(app: Quart, client: Client, ada: Person):
    text = "\n\n".join(f"{mark} Part *{number}*\n\n{PARAGRAPH}" for number, mark in enumerate(["#", "#", "##", "#"]))
    post = await make.post(app, ada, content=text)
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    assert [page.links[f"Part {number}"] for number in range(4)] == [f"#text-part-{number}" for number in range(4)]
    document = await (await client.get(f"/api/posts/{post.id}")).get_json()
    assert [(one.level, one.words) for one in headings(document["html"])][2] == (3, "Part 2")
    assert document["reading_minutes"] == 5


async def test_a_short_post_has_none(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, content="# One\n\n# Two\n\n# Three\n\nShort enough to be seen at once.")
    assert "Contents" not in (await get(client, f"/posts/{post.id}/{post.slug}")).text


async def test_a_pinned_post_stays_on_top(app: Quart, client: Client, ada: Person, root: Person):
    posts = await make.posts(app, ada, 12)
    browser = await signed_in(app, root)
    assert (await browser.post(f"/posts/{posts[0].id}/pin")).status_code == 303
    page = await get(client, "/")
    assert page.posts[:2] == ["Post number 1", "Post number 12"]
    assert len(page.posts) == 11
    assert (await get(client, "/?page=2")).posts == ["Post number 2", "Post number 1"]
    assert (await browser.post(f"/posts/{posts[0].id}/pin/remove")).status_code == 303
    assert (await get(client, "/")).posts[0] == "Post number 12"


async def test_pinning_is_for_administrators_and_for_three(app: Quart, client: Client, ada: Person, root: Person):
    posts = await make.posts(app, ada, 4)
    own, admin = await bearer(app, ada), await bearer(app, root)
    assert (await client.put("/api/posts/1/pin", headers=own)).status_code == 403
    statuses = [(await client.put(f"/api/posts/{post.id}/pin", headers=admin)).status_code for post in posts]
    assert statuses == [200, 200, 200, 409]
    draft = await make.post(app, ada, "Not there yet", state="draft")
    assert (await client.put(f"/api/posts/{draft.id}/pin", headers=admin)).status_code == 409
    before = await (await client.get("/api/posts/1")).get_json()
    freed = await client.delete("/api/posts/1/pin", headers=admin)
    assert (before["pinned"], (await freed.get_json())["pinned"]) == (True, False)
    assert before["updated_at"] == (await freed.get_json())["updated_at"], "its text is as it was"
