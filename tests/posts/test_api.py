"""Posts as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from quart import Quart

from blogapp.actor import Actor
from blogapp.errors import Unauthenticated
from blogapp.posts import service
from blogapp.posts.composing import Body
from blogapp.posts.schemas import PostDraft
from tests.people import Client, Person, bearer, resources, signed_in
from tests.posts.make import CONTENT, TITLE, post, posts
from tests.refusals import refusal

DRAFT = {"title": TITLE, "content": CONTENT}


async def test_a_post_is_published_where_its_location_says(app: Quart, client: Client, ada: Person):
    response = await client.post("/api/posts", json=DRAFT, headers=await bearer(app, ada))
    made = await response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/posts/{made['id']}"
    assert {name: made[name] for name in (*DRAFT, "author", "author_id")} == DRAFT | {
        "author": "ada",
        "author_id": ada.id,
    }
    again = await client.get(response.headers["Location"])
    assert await again.get_json() == made
    assert again.headers["ETag"] == response.headers["ETag"]


async def test_its_page_is_where_it_says(app: Quart, client: Client, ada: Person):
    made = await post(app, ada)
    shown = await (await client.get(f"/api/posts/{made.id}")).get_json()
    assert shown["url"] == f"/posts/{made.id}/what-the-tide-left-behind"
    assert TITLE in await (await client.get(shown["url"])).get_data(as_text=True)


async def test_times_have_an_offset_and_it_is_zero(app: Quart, client: Client, ada: Person):
    made = await post(app, ada)
    shown = await (await client.get(f"/api/posts/{made.id}")).get_json()
    for name in ("created_at", "updated_at", "published_at"):
        assert datetime.fromisoformat(shown[name]).utcoffset() == timedelta(0)
    assert shown["created_at"] == shown["updated_at"] == shown["published_at"]


async def test_the_newest_posts_come_first_and_whole(app: Quart, client: Client, ada: Person):
    await post(app, ada, "An older post", "long " * 1000)
    await post(app, ada, "A newer post")
    listed = (await (await client.get("/api/posts")).get_json())["posts"]
    assert [one["title"] for one in listed] == ["A newer post", "An older post"]
    assert listed[1]["content"] == ("long " * 1000).strip()


async def test_what_is_not_there_is_not_found(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    for number in ("999", "0", "-1", "abc", "2147483648", "9" * 30):
        await refusal(await client.get(f"/api/posts/{number}"), 404)
        await refusal(await client.patch(f"/api/posts/{number}", json={}, headers=headers), 404)
        await refusal(await client.delete(f"/api/posts/{number}", headers=headers), 404)


async def test_only_people_with_an_account_publish(client: Client):
    response = await client.post("/api/posts", json=DRAFT)
    await refusal(response, 401)
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


async def test_nobody_publishes_in_the_name_of_another(app: Quart, client: Client, ada: Person, grace: Person):
    headers = await bearer(app, ada)
    for field, value in [("author", "grace"), ("author_id", grace.id), ("user_id", grace.id)]:
        await refusal(await client.post("/api/posts", json=DRAFT | {field: value}, headers=headers), 422, field)


async def test_what_breaks_a_rule_is_named_by_field_and_rule(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    for field, value, rule in [
        ("title", "abcd", "too_short"),
        ("title", "  a   b  ", "too_short"),
        ("title", "t" * 201, "too_long"),
        ("title", "a\x00bcdef", "value_error"),
        ("title", "\u200b" * 10, "value_error"),
        ("content", "\u2060 \u200b" * 10, "value_error"),
        ("title", 12345, "string_type"),
        ("title", None, "string_type"),
        ("title", ["What the tide left"], "string_type"),
        ("content", "too short", "too_short"),
        ("content", "          \n ", "too_short"),
        ("content", "c" * 100_001, "too_long"),
        ("content", "a\x1bbcdefghijkl", "value_error"),
        ("content", {"text": CONTENT}, "string_type"),
        ("id", 7, "extra_forbidden"),
        ("", 7, "extra_forbidden"),
    ]:
        problem = await refusal(
            await client.post("/api/posts", json=DRAFT | {field: value}, headers=headers), 422, field
        )
        assert problem["errors"][0]["rule"] == rule, (field, value)


async def test_the_longest_text_that_may_be_is_kept(app: Quart, client: Client, ada: Person):
    draft = {"title": "é" * 200, "content": "😀" * 100_000}
    response = await client.post("/api/posts", json=draft, headers=await bearer(app, ada))
    made = await response.get_json()
    assert (made["title"], made["content"]) == (draft["title"], draft["content"])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_is_left_out_or_null_stays_as_it_is(app: Quart, client: Client, ada: Person, method: str):
    made = await post(app, ada)
    path, headers = f"/api/posts/{made.id}", await bearer(app, ada)
    response = await client.open(path, method=method, json={"title": "Another title"}, headers=headers)
    changed = await response.get_json()
    assert response.status_code == 200
    assert (changed["title"], changed["content"], changed["id"]) == ("Another title", CONTENT, made.id)
    assert changed["url"] == f"/posts/{made.id}/another-title"
    assert datetime.fromisoformat(changed["updated_at"]) > datetime.fromisoformat(changed["created_at"])
    same = await client.open(path, method=method, json={"title": None, "content": None}, headers=headers)
    assert await same.get_json() == changed
    assert same.headers["ETag"] == response.headers["ETag"]


async def test_only_the_author_and_administrators_change_a_post(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    path = f"/api/posts/{(await post(app, ada)).id}"
    change = {"title": "Changed by another"}
    await refusal(await client.patch(path, json=change), 401)
    await refusal(await client.patch(path, json=change, headers=await bearer(app, grace)), 403)
    response = await client.patch(path, json=change, headers=await bearer(app, root))
    assert (await response.get_json())["author"] == "ada"


async def test_only_the_author_and_administrators_delete_a_post(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    first, second = await posts(app, ada, 2)
    await refusal(await client.delete(f"/api/posts/{first.id}"), 401)
    await refusal(await client.delete(f"/api/posts/{first.id}", headers=await bearer(app, grace)), 403)
    response = await client.delete(f"/api/posts/{first.id}", headers=await bearer(app, ada))
    assert await response.get_json() == {"message": "Post deleted"}
    assert (await client.delete(f"/api/posts/{second.id}", headers=await bearer(app, root))).status_code == 200
    await refusal(await client.get(f"/api/posts/{first.id}"), 404)
    assert (await (await client.get("/api/posts")).get_json())["total"] == 0


async def test_who_has_the_version_already_reads_nothing(app: Quart, client: Client, ada: Person):
    path = f"/api/posts/{(await post(app, ada)).id}"
    tag = (await client.get(path)).headers["ETag"]
    assert not tag.startswith("W/")
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'"other",W/{tag} , "third"', "*"):
        response = await client.get(path, headers={"If-None-Match": known})
        assert response.status_code == 304, known
        assert (await response.get_data(), response.headers["ETag"]) == (b"", tag)
        assert response.headers["Cache-Control"] == "no-cache"
        assert {"Cookie", "Authorization"} <= set(response.vary)
        assert (await client.head(path, headers={"If-None-Match": known})).status_code == 304
    for other in ('"other"', 'W/"other"', '"', "", ","):
        assert (await client.get(path, headers={"If-None-Match": other})).status_code == 200, other


async def test_a_change_is_for_the_version_it_names(app: Quart, client: Client, ada: Person):
    path, headers = f"/api/posts/{(await post(app, ada)).id}", await bearer(app, ada)
    old = (await client.get(path)).headers["ETag"]
    first = await client.patch(path, json={"title": "The first change"}, headers=headers | {"If-Match": old})
    assert first.status_code == 200
    new = first.headers["ETag"]
    assert new != old
    for stale in (old, '"other"', f'{old}, "other"', f"W/{new}", "", '"'):
        for method in ("PUT", "PATCH", "DELETE"):
            sent = {} if method == "DELETE" else {"json": {"title": "The second change"}}
            response = await client.open(path, method=method, headers=headers | {"If-Match": stale}, **sent)
            await refusal(response, 412)
    assert (await (await client.get(path)).get_json())["title"] == "The first change"
    for good in (f'"other", {new}', "*"):
        assert (await client.patch(path, json={}, headers=headers | {"If-Match": good})).status_code == 200
    assert (await client.delete(path, headers=headers | {"If-Match": new})).status_code == 200


async def test_a_change_may_be_for_any_version_but_some(app: Quart, client: Client, ada: Person):
    path, headers = f"/api/posts/{(await post(app, ada)).id}", await bearer(app, ada)
    tag = (await client.get(path)).headers["ETag"]
    for known in (tag, "*"):
        response = await client.patch(path, json={}, headers=headers | {"If-None-Match": known})
        await refusal(response, 412)
    response = await client.patch(path, json={}, headers=headers | {"If-None-Match": '"other"'})
    assert response.status_code == 200


async def test_a_new_name_of_the_author_is_a_new_version(app: Quart, client: Client, ada: Person):
    path, headers = f"/api/posts/{(await post(app, ada)).id}", await bearer(app, ada)
    tag = (await client.get(path)).headers["ETag"]
    await client.patch(f"/api/users/{ada.id}", json={"username": "lovelace"}, headers=headers)
    response = await client.get(path, headers={"If-None-Match": tag})
    assert (await response.get_json())["author"] == "lovelace"


async def test_what_else_changes_of_the_author_is_no_new_version(app: Quart, client: Client, ada: Person):
    path, headers = f"/api/posts/{(await post(app, ada)).id}", await bearer(app, ada)
    tag = (await client.get(path)).headers["ETag"]
    await client.patch(f"/api/users/{ada.id}", json={"email": "new@example.org"}, headers=headers)
    assert (await client.patch(path, json={}, headers=headers | {"If-Match": tag})).status_code == 200


async def test_a_browser_that_is_signed_in_may_publish(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    response = await browser.post("/api/posts", json=DRAFT, headers={"Sec-Fetch-Site": "same-origin"})
    assert (await response.get_json())["author"] == "ada"


async def test_an_account_that_went_meanwhile_publishes_nothing(app: Quart):
    draft = PostDraft(title=TITLE, content=CONTENT)
    with pytest.raises(Unauthenticated):
        async with resources(app).db.transaction() as session:
            await service.create(session, Actor(999), draft, Body(CONTENT, "plain"))


async def test_a_head_request_is_a_read_without_the_body(app: Quart, client: Client, ada: Person):
    path = f"/api/posts/{(await post(app, ada)).id}"
    read, head = await client.get(path), await client.head(path)
    assert (head.status_code, head.headers["ETag"]) == (200, read.headers["ETag"])
    assert head.headers["Content-Length"] == read.headers["Content-Length"]
