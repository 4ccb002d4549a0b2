"""What somebody is typing is kept on the server, for them alone, until it is saved or thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quart import Quart

from blogapp.infra.db import now
from blogapp.posts import copies
from blogapp.posts.models import Post
from tests import sql
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts.editor import save
from tests.posts.make import CONTENT, TITLE
from tests.reading import get, send, words

HALF = {"title": "", "content": "The sea was o"}


async def kept(client: Client, headers: dict[str, str], **draft: Any) -> dict[str, Any]:
    response = await client.post("/api/copies", json=draft, headers=headers)
    assert response.status_code == 201
    found: dict[str, Any] = await response.get_json()
    return found


async def test_a_text_may_be_as_unfinished_as_it_is(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    first = await kept(client, headers, **HALF)
    saved = await client.put(f"/api/copies/{first['id']}", json=HALF | {"title": "T", "number": 1}, headers=headers)
    assert (await saved.get_json())["number"] == 2
    listed = (await (await client.get("/api/copies", headers=headers)).get_json())["copies"]
    assert [(one["title"], one["content"], one["post_id"]) for one in listed] == [("T", HALF["content"], None)]


async def test_two_windows_do_not_write_over_each_other(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    address = f"/api/copies/{(await kept(client, headers, **HALF))['id']}"
    assert (await client.put(address, json={"content": "One", "number": 1}, headers=headers)).status_code == 200
    assert (await client.put(address, json={"content": "Other", "number": 1}, headers=headers)).status_code == 412
    assert (await (await client.get(address, headers=headers)).get_json())["content"] == "One"


async def test_of_a_post_there_is_one_copy_and_saving_settles_it(app: Quart, client: Client, ada: Person, post: Post):
    headers = await bearer(app, ada)
    draft = {"title": TITLE, "content": "Typed, not saved, not lost.", "post_id": post.id, "base_version": 1}
    first = await kept(client, headers, **draft)
    assert (await kept(client, headers, **draft))["id"] == first["id"]
    browser = await signed_in(app, ada)
    opened = await get(browser, "/posts/1/edit")
    assert opened.value("content") == "Typed, not saved, not lost."
    assert "You continue what you were typing" in opened.main
    assert "Typed" in words(next(opened.all("ins")))
    assert (await get(client, "/posts/1/what-the-tide-left-behind")).main.count(CONTENT) == 1
    await save(browser, opened)
    assert (await (await client.get("/api/copies", headers=headers)).get_json())["copies"] == []
    assert (await get(browser, "/posts/1/edit")).value("content") == "Typed, not saved, not lost."


async def test_what_stands_beside_the_text_is_kept_too(app: Quart, client: Client, ada: Person, post: Post):
    headers = await bearer(app, ada)
    beside = {"tags": "Sea, Low t", "new_series": "Letters", "cover_caption": "In M"}
    first = await kept(client, headers, title=TITLE, content=CONTENT, post_id=post.id, beside=beside)
    assert {name: value for name, value in first["beside"].items() if value is not None} == beside
    again = await kept(client, headers, title=TITLE, content=CONTENT, post_id=post.id)
    assert again["beside"] == first["beside"], "a program that knows nothing of it takes nothing away"
    opened = await get(await signed_in(app, ada), "/posts/1/edit")
    assert {name: opened.value(name) for name in beside} == beside
    assert "You continue what you were typing" in opened.main
    new = await kept(client, headers, **HALF, beside={"tags": "Salt"})
    assert (await get(await signed_in(app, ada), f"/posts/new?copy={new['id']}")).value("tags") == "Salt"


async def test_a_copy_that_changes_nothing_is_not_offered(app: Quart, client: Client, ada: Person, post: Post):
    same = {"tags": "", "slug": "", "series_id": "0", "new_series": "", "cover": "", "cover_alt": ""}
    await kept(client, await bearer(app, ada), title=TITLE, content=CONTENT, post_id=post.id, beside=same)
    opened = await get(await signed_in(app, ada), "/posts/1/edit")
    assert "You continue what you were typing" not in opened.main


async def test_one_goes_back_to_the_saved_text(app: Quart, client: Client, ada: Person, post: Post):
    await kept(client, await bearer(app, ada), title=TITLE, content="Never mind this.", post_id=post.id)
    browser = await signed_in(app, ada)
    page = await send(browser, (await get(browser, "/posts/1/edit")).actions()["Go back to the saved text"])
    assert page.value("content") == CONTENT


async def test_a_new_text_is_found_on_the_dashboard_and_becomes_a_post(app: Quart, client: Client, ada: Person):
    await kept(client, await bearer(app, ada), title="What I began", content="A text long enough.")
    browser = await signed_in(app, ada)
    opened = await get(browser, (await get(browser, "/dashboard")).links["What I began"])
    assert (opened.value("title"), opened.value("content")) == ("What I began", "A text long enough.")
    fields = {"title": opened.value("title"), "content": opened.value("content"), "copy_id": opened.hidden("copy_id")}
    assert (await send(browser, "/posts/new", **fields)).h1 == "What I began"
    assert "Not saved yet" not in (await get(browser, "/dashboard")).main


async def test_a_copy_whose_number_was_not_heard_is_settled_with_its_post(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    await kept(client, headers, title="What I began", content="A text long enough.")
    await kept(client, headers, title="What I began", content="Another text, long enough.")
    await send(await signed_in(app, ada), "/posts/new", title="What I began", content="A text long enough.")
    left = (await (await client.get("/api/copies", headers=headers)).get_json())["copies"]
    assert [copy["content"] for copy in left] == ["Another text, long enough."]


async def test_nobody_else_sees_it(app: Quart, client: Client, ada: Person, grace: Person, post: Post):
    mine = await kept(client, await bearer(app, ada), **HALF)
    others = await bearer(app, grace)
    address = f"/api/copies/{mine['id']}"
    assert (await client.get(address, headers=others)).status_code == 404
    assert (await client.put(address, json=HALF, headers=others)).status_code == 404
    assert (await client.delete(address, headers=others)).status_code == 404
    assert (await client.get(address, headers=await bearer(app, ada))).status_code == 200
    refused = await client.post("/api/copies", json=HALF | {"post_id": post.id}, headers=others)
    assert refused.status_code == 403
    assert (await client.get("/api/copies")).status_code == 401


async def test_editors_know_of_each_other(app: Quart, client: Client, ada: Person, root: Person, post: Post):
    hers, theirs = await bearer(app, ada), await bearer(app, root)
    alone = await (await client.post("/api/posts/1/here", headers=hers)).get_json()
    assert alone == {"version": 1, "others": []}
    together = await (await client.post("/api/posts/1/here", headers=theirs)).get_json()
    assert together["others"] == ["ada"]
    async with resources(app).db.transaction() as session:
        await copies.sweep(session)
    assert (await (await client.post("/api/posts/1/here", headers=hers)).get_json())["others"] == ["root"]


async def test_what_nobody_comes_back_to_is_swept_away(app: Quart, client: Client, ada: Person, database_url: str):
    headers = await bearer(app, ada)
    await kept(client, headers, **HALF)
    long_ago = (now() - timedelta(days=91)).strftime("%Y-%m-%d %H:%M:%S")
    sql.run(database_url, f"UPDATE working_copies SET saved_at = '{long_ago}'")
    async with resources(app).db.transaction() as session:
        await copies.sweep(session)
    assert (await (await client.get("/api/copies", headers=headers)).get_json())["copies"] == []


async def test_a_preview_is_the_page_to_be(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    made = await client.post("/api/preview", json={"content": "It is *slanted*."}, headers=headers)
    assert await made.get_json() == {"html": "<p>It is <em>slanted</em>.</p>\n", "cover": None}
    assert (await client.post("/api/preview", json={"content": "x"})).status_code == 401


async def test_without_scripts_a_button_shows_the_page_to_be(app: Quart, ada: Person, post: Post):
    browser = await signed_in(app, ada)
    for address in ("/posts/preview", f"/posts/{post.id}/preview"):
        page = await send(browser, address, title="Half", content="It is *slanted*.\r\n")
        assert page.value("content").strip() == "It is *slanted*."
        assert words(next(page.all("em"))) == "slanted"
        assert page.summary == ""
    stored = await get(browser, f"/posts/{post.id}/edit")
    assert stored.value("content") == CONTENT


async def test_a_preview_asked_for_after_the_session_keeps_the_text(client: Client, post: Post):
    for address in ("/posts/preview", f"/posts/{post.id}/preview"):
        response = await client.post(address, form={"title": "Half", "content": "It is *slanted*."})
        assert response.status_code == 401
        assert "It is *slanted*." in await response.get_data(as_text=True)


async def test_two_texts_are_compared(app: Quart, client: Client, ada: Person):
    two = {"old": "The sea was out.", "new": "The tide was out."}
    made = await client.post("/api/difference", json=two, headers=await bearer(app, ada))
    assert [one["kind"] for one in (await made.get_json())["difference"]] == ["same", "gone", "new", "same"]
