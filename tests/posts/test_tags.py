"""Tags of posts: how they are written, where they are shown, and what administrators make of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart

from tests import sql
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.posts.doors import DOORS
from tests.posts.editor import stored_posts
from tests.posts.make import CONTENT, TITLE
from tests.reading import Page, get, send


@pytest.fixture(params=["form", "json"])
def is_form(request: pytest.FixtureRequest) -> bool:
    return request.param == "form"


@pytest.fixture
async def write(app: Quart, ada: Person, is_form: bool) -> Any:
    """Publishes Ada's post, or edits it, with tags given as the door takes them."""
    door: Any = DOORS["form" if is_form else "json"]()
    await door.open_as(app, ada)

    async def written(*tags: str, post: int = 0, title: str = TITLE) -> Any:
        given = ", ".join(tags) if is_form else list(tags)
        if post:
            return await door.edit(post, tags=given)
        return await door.publish(title=title, content=CONTENT, tags=given)

    return written


async def document(client: Client, path: str) -> Any:
    return await (await client.get(path)).get_json()


async def tags_of(client: Client, post: int) -> list[str]:
    return (await document(client, f"/api/posts/{post}"))["tags"]


async def as_root(app: Quart, root: Person, method: str, path: str, **asked: Any) -> tuple[int, Any]:
    headers = await bearer(app, root)
    answer = await app.test_client().open(path, method=method, json=asked, headers=headers)
    return answer.status_code, await answer.get_json()


def shown(page: Page) -> dict[str, str]:
    """Tags linked to on a page."""
    return {name: address for name, address in page.links.items() if address.startswith("/tags/")}


async def test_tags_are_shown_wherever_the_post_is(client: Client, write: Any):
    assert (await write("Low  tide", "Größe", "東京", "🐙")).status == 200
    names = ["Low tide", "Größe", "東京", "🐙"]
    for path in ("/", "/posts/1", "/users/ada"):
        assert list(shown(await get(client, path))) == names
    assert await tags_of(client, 1) == names
    assert [one["tags"] for one in (await document(client, "/api/posts"))["posts"]] == [names]
    for address in shown(await get(client, "/")).values():
        assert (await get(client, address)).posts == [TITLE]


async def test_whoever_types_a_name_for_the_address_is_led_there(client: Client, write: Any):
    await write("Low tide")
    for typed in ("Low%20tide", "LOW-TIDE", "lowt%C3%ADde"):
        answer = await client.get(f"/tags/{typed}")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/tags/low-tide")
    for nobody in ("%00", "%E2%80%AE", "x" * 500):
        assert (await client.get(f"/tags/{nobody}")).status_code == 404


async def test_another_spelling_is_the_same_tag_as_it_was_written_first(client: Client, write: Any):
    await write("Low tide")
    assert (
        await write(
            "LOW  TÍDE", "lowtide", "\uff2c\uff4f\uff57 tide", "Low \u202etide\u0000", "Sea", title="Another title"
        )
    ).status == 200
    assert await tags_of(client, 2) == ["Low tide", "Sea"]
    assert (await document(client, "/api/tags"))["total"] == 2


async def test_tags_of_the_same_words_in_their_addresses_are_kept_apart(client: Client, write: Any):
    await write("C", "C++", "C#", "🐙", "🦑", "Tag", "й", "и")
    slugs = {one["name"]: one["slug"] for one in (await document(client, "/api/tags"))["tags"]}
    assert len(slugs) == len(set(slugs.values())) == 8
    assert (slugs["C"], slugs["🐙"]) == ("c", "tag-2")


async def test_what_is_left_out_stays_and_what_is_emptied_goes(client: Client, write: Any, ada: Person, app: Quart):
    await write("Sea", "Sand")
    headers = await bearer(app, ada)
    for fields in ({"title": "Another title"}, {"tags": None}):
        assert (await client.patch("/api/posts/1", json=fields, headers=headers)).status_code == 200
    await (await signed_in(app, ada)).post("/posts/1/edit", form={"title": TITLE, "content": CONTENT})
    assert await tags_of(client, 1) == ["Sea", "Sand"]
    await write("Sand", post=1)
    assert await tags_of(client, 1) == ["Sand"]
    both = {"title": "A third title", "tags": ["Sun", "Sand"]}
    assert (await client.patch("/api/posts/1", json=both, headers=headers)).status_code == 200
    (stored,) = await stored_posts(app)
    answer = await client.get("/api/posts/1/revisions", headers=headers)
    assert (await answer.get_json())["total"] == stored.version - 1, (
        "each change is one version, and tags alone are no revision"
    )
    await write(post=1)
    assert await tags_of(client, 1) == []
    assert (await get(client, "/tags/sand")).posts == (await get(client, "/tags/sea")).posts == []


@pytest.mark.parametrize("tags", [[f"tag {n}" for n in range(11)], ["x" * 1000], ["x" * 51]])
async def test_too_many_or_too_long_tags_are_refused_at_their_field(app: Quart, ada: Person, tags: list[str]):
    asked = {"title": TITLE, "content": CONTENT}
    browser = await signed_in(app, ada)
    page = await send(browser, "/posts/new", **asked, tags=",".join(tags))
    assert (page.status, page.value("tags"), page.value("title")) == (422, ",".join(tags), TITLE)
    assert "at most" in page.error("tags")
    refused = await browser.post("/api/posts", json=asked | {"tags": tags}, headers=await bearer(app, ada))
    assert refused.status_code == 422
    assert [one["field"] for one in (await refused.get_json())["errors"]] == ["tags"]


async def test_a_tags_page_lists_what_is_listed_and_forgets_what_is_not(app: Quart, client: Client, ada: Person):
    for number in range(11):
        await make.post(app, ada, f"Post number {number}", tags=["Sea"])
    await make.post(app, ada, "A draft of mine", tags=["Sea", "Secret"], state="draft")
    assert (await get(client, "/tags/sea")).posts[0] == "Post number 10"
    assert (await get(client, "/tags/sea?page=2")).posts == ["Post number 0"]
    assert (await document(client, "/api/tags"))["tags"] == [
        {"name": "Sea", "slug": "sea", "count": 11, "url": "/tags/sea"}
    ]
    found = await document(client, "/api/posts?tag=sea&per_page=2")
    assert (found["total"], [one["title"] for one in found["posts"]]) == (11, ["Post number 10", "Post number 9"])
    assert (await get(client, "/tags/secret")).status == 200
    assert (await document(client, "/api/posts?tag=nothing"))["total"] == 0
    assert [(await get(client, path)).status for path in ("/tags/nothing", "/tags/%00", "/tags/sea?page=3")] == [
        404
    ] * 3
    await client.delete("/api/posts/11", headers=await bearer(app, ada))
    assert (await get(client, "/tags/sea")).posts[0] == "Post number 9"
    assert (await document(client, "/api/tags/sea"))["count"] == 10
    assert shown(await get(client, "/tags")) == {"Sea": "/tags/sea"}


async def test_a_renamed_tag_is_renamed_everywhere_at_once(app: Quart, client: Client, ada: Person, root: Person):
    post = await make.post(app, ada, tags=["Sae", 'Sae "quoted"', "Sand"])
    seen = ("/", "/posts/1", "/users/ada", "/tags", "/tags/sand")
    before = {path: await get(client, path) for path in seen}
    tag_of_it = (await client.get("/api/posts/1")).headers["ETag"]
    assert all("Sae" in page.text for page in before.values())
    assert (await as_root(app, root, "PATCH", "/api/tags/sae", name="Sea"))[1]["url"] == "/tags/sea"
    for path in seen:
        assert "/tags/sea" in shown(await get(client, path)).values()
    assert await tags_of(client, post.id) == ["Sea", 'Sae "quoted"', "Sand"]
    assert (await client.get("/api/posts/1")).headers["ETag"] != tag_of_it
    moved = await client.get("/tags/sae")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/tags/sea")
    await make.post(app, ada, tags=["SAE"])
    assert await tags_of(client, 2) == ["Sea"]
    assert (await get(client, "/posts/1")).text.count("Edited") == 0


async def test_a_tag_can_have_its_old_name_back_but_not_another_ones(
    app: Quart, client: Client, ada: Person, root: Person
):
    await make.post(app, ada, tags=["Sea", "Sand"])
    assert (await as_root(app, root, "PATCH", "/api/tags/sea", name="SAND"))[0] == 409
    for old, name in (("sea", "Ocean"), ("ocean", "Sea"), ("sea", "SEA")):
        assert (await as_root(app, root, "PATCH", f"/api/tags/{old}", name=name))[0] == 200
    assert await tags_of(client, 1) == ["SEA", "Sand"]
    assert (await client.get("/tags/ocean")).headers["Location"] == "/tags/sea"
    assert (await client.get("/tags/sea")).status_code == 200


async def test_merged_tags_are_one_whose_posts_have_it_once(app: Quart, client: Client, ada: Person, root: Person):
    for tags in (["Shore", "Beach", "Sun"], ["Beach", "Shore"], ["Shore"], ["Sun", "Shore"], ["Beach"], []):
        await make.post(app, ada, tags=tags)
    await as_root(app, root, "PATCH", "/api/tags/shore", name="Coast")
    await get(client, "/tags/beach")
    status, merged = await as_root(app, root, "POST", "/api/tags/coast/merge", into="beach")
    assert (status, merged["count"]) == (200, 5)
    found = [await tags_of(client, post) for post in range(1, 7)]
    assert found == [["Beach", "Sun"], ["Beach"], ["Beach"], ["Sun", "Beach"], ["Beach"], []]
    assert (await document(client, "/api/posts?tag=shore"))["total"] == 5
    for old in ("shore", "coast"):
        assert (await client.get(f"/tags/{old}")).headers["Location"] == "/tags/beach"
    assert "Coast" not in (await get(client, "/tags")).links


async def test_a_tag_is_not_merged_into_itself(app: Quart, ada: Person, root: Person):
    await make.post(app, ada, tags=["Sea"])
    status, problem = await as_root(app, root, "POST", "/api/tags/sea/merge", into="sea")
    assert (status, problem["errors"][0]["field"]) == (409, "into")


async def test_what_a_tag_is_merged_into_is_a_tag(app: Quart, ada: Person, root: Person):
    await make.post(app, ada, tags=["Sea"])
    status, problem = await as_root(app, root, "POST", "/api/tags/sea/merge", into="ocean")
    assert (status, problem["errors"]) == (
        404,
        [{"field": "into", "message": "There is no such tag.", "rule": "not_found"}],
    )
    status, problem = await as_root(app, root, "POST", "/api/tags/ocean/merge", into="sea")
    assert (status, problem["detail"]) == (404, "There is no such tag.")


async def test_tags_are_administrators_to_change_on_their_pages(app: Quart, ada: Person, root: Person):
    await make.post(app, ada, tags=["Sae", "Beach"])
    author, admin = await signed_in(app, ada), await signed_in(app, root)
    for path in ("/admin/tags", "/admin/tags/sae"):
        assert (await author.get(path)).status_code == 403
        assert (await get(admin, path)).status == 200
    assert (await author.post("/admin/tags/sae", form={"name": "Sea"})).status_code == 403
    assert (await send(admin, "/admin/tags/sae", name="Beach")).error("name").startswith("There is another tag")
    assert (await send(admin, "/admin/tags/sae/merge", into="nothing")).error("into") == "There is no such tag."
    assert ("success", "The tag is renamed. Its old address leads to it.") in (
        await send(admin, "/admin/tags/sae", name="Sea")
    ).notices
    assert list(shown(await send(admin, "/admin/tags/sea/merge", into="beach"))) == ["Beach"]
    for method, path in (("PATCH", "/api/tags/beach"), ("POST", "/api/tags/beach/merge")):
        asked = {"name": "Mine"} if method == "PATCH" else {"into": "sea"}
        refused = await author.open(path, method=method, json=asked, headers=await bearer(app, ada))
        assert refused.status_code == 403


async def test_two_posts_at_once_get_the_same_new_tag(app: Quart, client: Client, ada: Person, database_url: str):
    names = ["Sea", "Sand", "Sun"]
    await asyncio.gather(
        *(make.post(app, ada, f"Post number {n}", tags=names[n % 3 :] + names[: n % 3]) for n in range(6))
    )
    assert sorted(sql.rows(database_url, "SELECT slug FROM tags")) == [("sand",), ("sea",), ("sun",)]
    assert {one["count"] for one in (await document(client, "/api/tags"))["tags"]} == {6}
