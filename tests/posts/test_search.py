"""Who finds what, on the page and in the API, on both databases."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from quart import Quart
from sqlalchemy import text

from blogapp.infra.progress import Silent
from blogapp.posts import indexing, match_queries, search_queries
from blogapp.posts.models import Post
from tests.people import Client, Person, bearer, resources
from tests.posts import make
from tests.reading import get

NOBODY: dict[str, str] = {}


async def found(client: Client, line: str, headers: dict[str, str] = NOBODY) -> list[str]:
    """Titles, best first."""
    return [post["title"] for post in (await document(client, line, headers))["posts"]]


async def document(client: Client, line: str, headers: dict[str, str] = NOBODY) -> Any:
    answer = await client.get(f"/api/search?q={quote(line)}", headers=headers)
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    return await answer.get_json()


@pytest.fixture
async def three(app: Quart, ada: Person, grace: Person) -> None:
    await make.post(app, ada, "The tide", "Low water at **noon**, and the café was closed.", tags=["Sea"])
    await make.post(
        app,
        grace,
        "The mountain",
        "No water, no [tides](https://example.org/hidden), noon or not.",
        tags=["Rock", "Sea"],
    )
    await make.post(app, grace, "東京湾の海", "潮が引いた。そして静かになった。", tags=["海"])


@pytest.mark.usefixtures("three")
async def test_words_phrases_and_operators_narrow(client: Client):
    assert set(await found(client, "water")) == {"The tide", "The mountain"}
    assert await found(client, "CAFE") == ["The tide"]
    assert await found(client, '"low water"') == ["The tide"]
    assert await found(client, "water -low") == ["The mountain"]
    assert await found(client, 'water -"low water"') == ["The mountain"]
    assert await found(client, "water author:ADA") == ["The tide"]
    assert await found(client, "tag:sea -author:ada") == ["The mountain"]
    assert await found(client, "tag:sea tag:rock") == ["The mountain"]
    assert await found(client, "water after:2000 before:2001") == []
    assert set(await found(client, "after:2000")) == {"The tide", "The mountain", "東京湾の海"}
    assert await found(client, "潮") == ["東京湾の海"]
    assert await found(client, "湾の海") == ["東京湾の海"]


@pytest.mark.usefixtures("three")
async def test_a_word_in_the_title_weighs_more_and_the_last_may_be_a_beginning(client: Client):
    assert await found(client, "tide") == ["The tide", "The mountain"]
    assert await found(client, "tide ") == ["The tide"]


@pytest.mark.usefixtures("three")
async def test_what_readers_do_not_see_is_not_found(client: Client):
    assert await found(client, "hidden") == []
    assert await found(client, "nobody author:nobody") == []
    assert await found(client, "water tag:unheard") == []


async def test_hits_are_marked_in_title_and_text(app: Quart, client: Client, ada: Person):
    await make.post(app, ada, "Tide & <b>", "The *tide* <i>left</i>.")
    (post,) = (await document(client, "tide"))["posts"]
    assert post["title_html"] == "<mark>Tide</mark> &amp; &lt;b&gt;"
    assert post["snippet_html"] == "The <mark>tide</mark> &lt;i&gt;left&lt;/i&gt;."


@pytest.mark.parametrize("state", ["draft", "private", "unlisted"])
async def test_what_is_not_listed_is_found_by_its_authors_alone(
    app: Quart, client: Client, ada: Person, root: Person, state: str
):
    post = await make.post(app, ada, "A whale", state=state)
    assert await found(client, "whale") == []
    assert await found(client, "whale", await bearer(app, root)) == []
    mine = await bearer(app, ada)
    assert await found(client, "whale", mine) == ["A whale"]
    await client.delete(f"/api/posts/{post.id}", headers=mine)
    assert await found(client, "whale", mine) == []


async def test_every_act_on_a_post_is_known_at_once(app: Quart, client: Client, ada: Person):
    mine = await bearer(app, ada)
    post = await make.post(app, ada, "A whale", "It sang all night.", state="draft")
    address = f"/api/posts/{post.id}"
    for change, line, titles in (
        ({"state": "published"}, "whale", ["A whale"]),
        ({"title": "A walrus"}, "whale", []),
        ({}, "walrus", ["A walrus"]),
        ({"content": "It danced all night."}, "sang", []),
        ({}, "danced", ["A walrus"]),
        ({"state": "private"}, "danced", []),
        ({"state": "published"}, "danced", ["A walrus"]),
    ):
        assert (await client.patch(address, json=change, headers=mine)).status_code == 200
        assert await found(client, line) == titles, (change, line)
    await client.delete(address, headers=mine)
    assert await found(client, "danced") == []
    await client.post(f"/api/trash/{post.id}/restore", headers=mine)
    assert await found(client, "danced") == ["A walrus"]
    await client.delete(address, headers=mine)
    await client.delete(f"/api/trash/{post.id}", headers=mine)
    assert await rows(app) == 0


async def rows(app: Quart) -> int:
    return int((await resources(app).db.rows(text("SELECT count(*) FROM post_terms")))[0][0])


async def test_posts_that_came_another_way_are_indexed_and_the_others_left_alone(
    app: Quart, client: Client, ada: Person
):
    post, other = await make.post(app, ada, "A whale"), await make.post(app, ada, "A seal")
    async with resources(app).db.transaction() as session:
        await session.execute(text("DELETE FROM post_terms"))
        await session.execute(text(f"UPDATE posts SET title = 'A dolphin', version = 7 WHERE id = {post.id}"))
    assert await found(client, "dolphin") == []
    at = resources(app)
    assert await indexing.index_again(at.db, at.rendering, Silent(), "unknown") == 2
    assert await found(client, "dolphin") == ["A dolphin"]
    assert await found(client, "seal") == [other.title]
    async with at.db.transaction() as session:
        await session.execute(text("UPDATE posts SET title = 'A walrus', version = 8"))
    assert await indexing.index_again(at.db, at.rendering, Silent(), "unknown") == 0
    assert await indexing.index_again(at.db, at.rendering, Silent(), "stale") == 2
    assert await found(client, "walrus") == ["A walrus", "A walrus"]
    assert await indexing.index_again(at.db, at.rendering, Silent(), "stale") == 0
    assert await indexing.index_again(at.db, at.rendering, Silent(), "all") == 2


async def test_beyond_what_is_weighed_titles_count(
    app: Quart, client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(search_queries, "MOST", 2)
    old = await make.post(app, ada, "On whales", "What is a whale?")
    for number in range(4):
        await make.post(app, ada, f"Something {number}", "A whale, and more of it, and more.")
    answer = await document(client, "whale")
    assert answer["has_more"] is True
    assert answer["total"] == 2
    assert answer["posts"][0]["id"] == old.id


@pytest.mark.parametrize("first_look", [1, 2, 5, 100])
async def test_several_words_are_found_however_far_back_they_are(
    app: Quart, client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch, first_look: int
):
    monkeypatch.setattr(match_queries, "FIRST_LOOK", first_look)
    texts = ["Here is a whale.", "Here is a walrus.", "A whale and a walrus.", "Neither of the two."]
    both = [
        post.id
        for number in range(12)
        if (post := await make.post(app, ada, f"Number {number}", texts[number % 4])) and number % 4 == 2
    ]
    assert [post["id"] for post in (await document(client, "whale walrus"))["posts"]] == both[::-1]
    monkeypatch.setattr(search_queries, "MOST", 2)
    answer = await document(client, "whale walrus")
    assert [post["id"] for post in answer["posts"]] == both[:0:-1]
    assert answer["has_more"] is True


@pytest.mark.parametrize(
    "line",
    [
        '"' * 200,
        "'",
        "a'b",
        "\\",
        "a & b | !c",
        "NEAR(a b)",
        "title:x",
        "{title} : x",
        "x*",
        "-",
        "^a",
        "💥",
        "%",
        "a\0b",
        "a:*",
        "<->",
        ":A",
        "ﬀ" * 60,
    ],
)
async def test_any_line_has_an_answer(client: Client, line: str):
    answer = await client.get(f"/api/search?q={quote(line)}")
    assert answer.status_code == 200


async def test_lines_that_can_not_be_looked_for_are_said_at_their_field(client: Client):
    for line in ('"' * 2_000, "before:soon", "-nothing"):
        answer = await client.get(f"/api/search?q={quote(line)}")
        assert answer.status_code == 422
        assert (await answer.get_json())["errors"][0]["field"] == "q"
        page = await client.get(f"/search?q={quote(line)}")
        assert page.status_code == 422
    assert (await client.get(f"/api/search?q={'%22' * 10_000}")).status_code == 414
    page = await get(client, "/search?q=before%3Asoon")
    assert "a year, a month or a day" in page.text


async def test_the_page_shows_hits_with_their_words_marked(app: Quart, ada: Person, browser: Client, post: Post):
    await make.post(app, ada, "My draft of the tide", state="draft")
    page = await get(browser, "/search?q=tide")
    assert {post.title, "My draft of the tide"} <= page.links.keys()
    assert "2 posts" in page.text
    assert "Nothing found" in (await get(browser, "/search?q=zebra")).text
    assert (await browser.get("/search?q=tide&page=2")).status_code == 404


async def test_turning_pages_keeps_what_is_looked_for(app: Quart, client: Client, ada: Person):
    for number in range(21):
        await make.post(app, ada, f"Whale {number}")
    page = await get(client, "/search?q=whale+-seal")
    assert page.links["Next hits"] == "/search?q=whale+-seal&page=2"
    assert (await client.get(page.links["Next hits"])).status_code == 200


async def test_a_lost_reader_can_search_for_the_words_of_the_address(client: Client):
    answer = await client.get("/2019/05/the-tide-12.html")
    assert answer.status_code == 404
    assert 'value="the tide html"' in await answer.get_data(as_text=True)
