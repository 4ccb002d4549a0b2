"""The dashboard: one's own posts by state and words, and acts on many of them that can be taken back; both doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from quart import Quart

from blogapp.infra.db import now
from tests import sql
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.reading import Page, get, send

STATES = "SELECT id, state, trashed_at IS NOT NULL FROM posts ORDER BY id"


@pytest.fixture
async def _many(app: Quart, ada: Person, grace: Person) -> None:
    """Five of ada's, one of grace's."""
    await make.post(app, ada, "A published one", "About the tide.")
    await make.post(app, ada, "The first draft", "About 100% of it.", state="draft")
    await make.post(app, ada, "Another draft", "About 1000 of them.", state="draft")
    await make.post(app, ada, "To come", "About tomorrow.", state="scheduled", publish_at=_tomorrow())
    await make.post(app, ada, "For myself", "About nobody else.", state="private")
    await make.post(app, grace, "Of grace's own", "About the tide.", state="draft")


def _tomorrow() -> str:
    return (now() + timedelta(days=1)).isoformat(timespec="seconds")


async def listed(app: Quart, person: Person, query: str) -> dict[str, Any]:
    response = await app.test_client().get(f"/api/dashboard{query}", headers=await bearer(app, person))
    assert response.status_code == 200
    found: dict[str, Any] = await response.get_json()
    return found


ASKED = [
    ("", ["To come", "For myself", "Another draft", "The first draft", "A published one"]),
    ("?state=draft", ["Another draft", "The first draft"]),
    ("?q=TIDE", ["A published one"]),
    ("?q=100%25", ["The first draft"]),
    ("?q=10_0", []),
    ("?state=draft&q=about", ["Another draft", "The first draft"]),
    ("?sort=oldest&state=draft", ["The first draft", "Another draft"]),
    ("?sort=title&state=draft", ["Another draft", "The first draft"]),
]


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize(("query", "titles"), ASKED)
async def test_an_author_finds_their_own(app: Quart, ada: Person, query: str, titles: list[str]):
    assert [one["title"] for one in (await listed(app, ada, query))["posts"]] == titles
    assert (await get(await signed_in(app, ada), f"/dashboard{query}")).posts == titles


@pytest.mark.usefixtures("_many")
async def test_the_states_are_counted(app: Quart, ada: Person):
    counts = (await listed(app, ada, "?state=private"))["counts"]
    assert counts == {"published": 1, "draft": 2, "scheduled": 1, "private": 1}
    page = await get(await signed_in(app, ada), "/dashboard")
    for link in ("All 5", "Published 1", "Drafts 2", "Scheduled 1", "Private 1", "Trash 0"):
        assert link in page.links


async def test_a_query_that_makes_no_sense_is_refused(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    for query in ("?state=lost", "?sort=random", "?q=" + "x" * 201):
        assert (await browser.get(f"/dashboard{query}")).status_code == 422
        assert (await browser.get(f"/api/dashboard{query}")).status_code == 422


async def ticked(browser: Client, act: str, *ids: int) -> Page:
    return await send(browser, "/dashboard/bulk", act=act, **{f"post-{post}": "on" for post in ids})


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("act", ["published", "draft", "private", "unlisted", "trash"])
async def test_what_was_done_to_many_can_be_taken_back(app: Quart, ada: Person, database_url: str, act: str):
    before = sql.rows(database_url, STATES)
    browser = await signed_in(app, ada)
    page = await ticked(browser, act, 1, 2, 3, 4, 5)
    shown = sql.rows(database_url, STATES)
    assert {bool(gone) if act == "trash" else state for _, state, gone in shown[:5]} == {
        True if act == "trash" else act
    }
    assert shown[5] == before[5]
    assert page.notices[0][1].startswith("5 posts ")
    page = await send(browser, "/dashboard/undo", undo=page.hidden("undo"))
    assert sql.rows(database_url, STATES) == before
    assert "Undo" not in page.actions()


@pytest.mark.usefixtures("_many")
async def test_taking_back_leaves_alone_what_was_changed_meanwhile(app: Quart, ada: Person, root: Person):
    """A post that a co-author has made private is not published by it, and one that is gone keeps nothing from coming back."""
    browser, other = await signed_in(app, ada), await bearer(app, root)
    client = app.test_client()
    page = await ticked(browser, "draft", 1, 5)
    await client.patch("/api/posts/1", json={"state": "private"}, headers=other)
    page = await send(browser, "/dashboard/undo", undo=page.hidden("undo"))
    assert page.notices == [
        ("success", "1 post made private."),
        ("info", "1 post left alone: changed or deleted meanwhile."),
    ]
    page = await ticked(browser, "trash", 1, 2, 3)
    await client.post("/api/trash/1/restore", headers=other)
    await client.delete("/api/trash/2", headers=other)
    page = await send(browser, "/dashboard/undo", undo=page.hidden("undo"))
    assert page.notices == [
        ("success", "1 post taken back."),
        ("info", "2 posts left alone: changed or deleted meanwhile."),
    ]


@pytest.mark.usefixtures("_many")
async def test_a_program_is_told_which_were_left_alone(app: Quart, client: Client, ada: Person, database_url: str):
    headers = await bearer(app, ada)
    done = await client.post("/api/posts/bulk", json={"ids": [1, 2], "act": "private"}, headers=headers)
    await client.patch("/api/posts/1", json={"state": "unlisted"}, headers=headers)
    undo = {one["act"]: one for one in (await done.get_json())["undo"]}
    assert undo["published"] == {"ids": [1], "act": "published", "publish_at": None, "still": "private"}
    answers = [await client.post("/api/posts/bulk", json=one, headers=headers) for one in undo.values()]
    assert [(await answer.get_json())["left"] for answer in answers] == [[1], []]
    assert [state for _, state, _ in sql.rows(database_url, STATES)][:2] == ["unlisted", "draft"]


@pytest.mark.usefixtures("_many")
async def test_a_scheduled_post_gets_its_time_back(app: Quart, client: Client, ada: Person, database_url: str):
    when = "SELECT published_at FROM posts WHERE id = 4"
    before = sql.rows(database_url, when)
    headers = await bearer(app, ada)
    done = await client.post("/api/posts/bulk", json={"ids": [4], "act": "draft"}, headers=headers)
    (undo,) = (await done.get_json())["undo"]
    assert sql.rows(database_url, when) == [(None,)]
    assert (await client.post("/api/posts/bulk", json=undo, headers=headers)).status_code == 200
    assert sql.rows(database_url, when) == before


@pytest.mark.usefixtures("_many")
async def test_where_one_is_not_theirs_nothing_is_done(app: Quart, client: Client, ada: Person, database_url: str):
    before = sql.rows(database_url, STATES)
    headers = await bearer(app, ada)
    for ids in ([1, 6], [1, 99]):
        response = await client.post("/api/posts/bulk", json={"ids": ids, "act": "trash"}, headers=headers)
        assert response.status_code == 404
    assert sql.rows(database_url, STATES) == before


async def test_nothing_ticked_and_nonsense_are_said_so(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    assert (await ticked(browser, "draft")).notices == [("error", "Tick the posts that you mean first.")]
    assert (await ticked(browser, "shredded", 1)).status == 422
    assert (await send(browser, "/dashboard/bulk", act="draft", **{"post-x": "on"})).status == 422
    assert (await send(browser, "/dashboard/undo", undo="draft.1-x,?")).status == 422
    assert (await get(browser, "/dashboard?undo=%00")).status == 200


async def test_what_waits_stands_on_top(app: Quart, ada: Person, grace: Person, database_url: str):
    """The next of what is scheduled, the draft that was left longest, pictures that nobody described; one's own only."""
    browser = await signed_in(app, ada)
    assert "Waiting for you" not in (await get(browser, "/dashboard")).main
    for title, days in (("Later on", 3), ("Tomorrow", 1)):
        moment = (now() + timedelta(days=days)).isoformat(timespec="seconds")
        await make.post(app, ada, title, state="scheduled", publish_at=moment)
    for title in ("Forgotten", "Forgotten long", "Thrown away", "Of today"):
        await make.post(app, ada, title, state="draft")
    await make.post(app, grace, "Not hers", state="draft")
    made = "'2020-01-01 00:00:00.000000'"
    sql.run(
        database_url,
        f"UPDATE posts SET updated_at = {made} WHERE title IN ('Forgotten', 'Thrown away', 'Not hers')",
        "UPDATE posts SET updated_at = '2019-01-01 00:00:00.000000' WHERE title = 'Forgotten long'",
        f"UPDATE posts SET trashed_at = {made} WHERE title = 'Thrown away'",
        *(
            "INSERT INTO media (user_id, name, width, height, bytes, moves, alt, created_at) "
            f"VALUES ({ada.id}, '{name}', 1, 1, 1, false, '{alt}', {made})"
            for name, alt in (("a", ""), ("b", "Described"))
        ),
    )
    waiting = (await listed(app, ada, ""))["waiting"]
    assert (waiting["next_scheduled"]["title"], waiting["next_scheduled"]["number"]) == ("Tomorrow", 2)
    assert (waiting["untouched_draft"]["title"], waiting["untouched_draft"]["number"]) == ("Forgotten long", 2)
    assert waiting["untouched_draft"]["at"].startswith("2019-01-01T00:00:00")
    assert (waiting["undescribed_pictures"], waiting["unsaved"]) == (1, 0)
    page = await get(browser, "/dashboard")
    assert {"Tomorrow", "Forgotten long", "1 more", "1 picture"} <= page.links.keys()
