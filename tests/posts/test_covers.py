"""Covers of posts: chosen among one's own pictures, shown wherever the post is, and held by it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from quart import Quart
from quart.datastructures import FileStorage

from tests.media import make as pictures
from tests.media.test_keeping import GRACE, sweep
from tests.media.test_keeping import names as stored
from tests.people import Client, Person, bearer, signed_in
from tests.posts.make import CONTENT, TITLE
from tests.reading import Page, read

ALT, CAPTION = "A beach at low tide", "Low tide in <May>"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"media_dir": tmp_path / "media", "media_spare": 0, "media_max_bytes": 100_000}


@pytest.fixture
async def token(app: Quart, ada: Person) -> dict[str, str]:
    return await bearer(app, ada)


async def sent(client: Client, token: dict[str, str], **more: Any) -> dict[str, Any]:
    document: dict[str, Any] = await (await pictures.send(client, pictures.picture(**more), token)).get_json()
    return document


async def ask(client: Client, token: dict[str, str], method: str, path: str, **asked: Any) -> tuple[int, Any]:
    answer = await client.open(path, method=method, json=asked, headers=token)
    return answer.status_code, await answer.get_json()


async def html(client: Client, path: str) -> str:
    return str(await (await client.get(path)).get_data(as_text=True))


async def test_a_cover_is_shown_wherever_the_post_is(client: Client, token: dict[str, str]):
    beach = await sent(client, token)
    asked = {"title": TITLE, "content": CONTENT, "tags": ["Sea"], "cover": beach["url"], "cover_caption": CAPTION}
    status, refused = await ask(client, token, "POST", "/api/posts", **asked)
    assert (status, refused["errors"][0]["field"]) == (422, "cover_alt"), "nothing says what it shows"
    status, post = await ask(client, token, "POST", "/api/posts", **asked, cover_alt=ALT)
    expected = {name: beach[name] for name in ("url", "srcset", "width", "height")}
    assert (status, post["cover"]) == (201, {**expected, "alt": ALT, "caption": CAPTION})
    listed = await (await client.get("/api/posts")).get_json()
    assert listed["posts"][0]["cover"] == post["cover"]
    shown = await html(client, post["url"])
    for part in (
        "Low tide in &lt;May&gt;",
        f'alt="{ALT}"',
        'width="1200" height="800"',
        beach["srcset"],
        'priority="high"',
    ):
        assert part in shown
    for path in ("/", "/users/ada", "/tags/sea"):
        assert beach["url"] in await html(client, path), path


async def test_a_change_keeps_words_or_clears_a_cover(client: Client, token: dict[str, str]):
    beach, other = await sent(client, token), await sent(client, token, size=(500, 500))
    await ask(client, token, "PATCH", f"/api/media/{other['id']}", alt="A lighthouse")
    made = {"title": TITLE, "content": CONTENT, "cover": beach["id"], "cover_alt": ALT, "cover_caption": CAPTION}
    await ask(client, token, "POST", "/api/posts", **made)
    tag = (await client.get("/api/posts/1")).headers["ETag"]
    _, post = await ask(client, token, "PATCH", "/api/posts/1", title="Another title")
    assert post["cover"]["alt"] == ALT, "what is left out stays"
    _, post = await ask(client, token, "PATCH", "/api/posts/1", cover_caption="")
    assert (post["cover"]["alt"], post["cover"]["caption"]) == (ALT, "")
    _, post = await ask(client, token, "PUT", "/api/posts/1", cover=other["url"])
    assert (post["cover"]["url"], post["cover"]["alt"]) == (other["url"], "A lighthouse"), (
        "the library has words for it"
    )
    _, post = await ask(client, token, "PATCH", "/api/posts/1", cover=None)
    assert post["cover"] is None
    assert (await client.get("/api/posts/1")).headers["ETag"] != tag
    revisions = await ask(client, token, "GET", "/api/posts/1/revisions")
    assert len(revisions[1]["revisions"]) == 2, "covers alone are no revision"


@pytest.mark.parametrize("cover", [99, "/media/nothing.jpg", "x" * 2000, True, ["/media/"], 1.5])
async def test_what_is_no_picture_of_ones_own_is_refused(client: Client, token: dict[str, str], cover: Any):
    status, refused = await ask(client, token, "POST", "/api/posts", title=TITLE, content=CONTENT, cover=cover)
    assert (status, [one["field"] for one in refused["errors"]]) == (422, ["cover"])


async def test_somebody_elses_picture_is_refused(app: Quart, client: Client, token: dict[str, str], grace: Person):
    beach = await sent(client, token)
    theirs = await bearer(app, grace)
    for cover in (beach["id"], beach["url"]):
        asked = {"title": TITLE, "content": CONTENT, "cover": cover, "cover_alt": ALT}
        status, refused = await ask(client, theirs, "POST", "/api/posts", **asked)
        assert (status, refused["errors"][0]["field"]) == (422, "cover")


async def test_a_cover_is_held_while_the_post_has_it(app: Quart, client: Client, token: dict[str, str]):
    beach = await sent(client, token)
    made = {"title": TITLE, "content": CONTENT, "cover": beach["id"], "cover_alt": ALT}
    await ask(client, token, "POST", "/api/posts", **made)
    _, known = await ask(client, token, "GET", f"/api/media/{beach['id']}")
    assert [use["post_id"] for use in known["used_in"]] == [1]
    assert (await ask(client, token, "DELETE", f"/api/media/{beach['id']}"))[0] == 409
    text = f"{CONTENT}\n\n![]({beach['url']})"
    await ask(client, token, "PATCH", "/api/posts/1", content=text)
    await ask(client, token, "PATCH", "/api/posts/1", content=CONTENT)
    _, known = await ask(client, token, "GET", f"/api/media/{beach['id']}")
    assert len(known["used_in"]) == 1, "it is the cover yet"
    await ask(client, token, "DELETE", "/api/posts/1")
    await sweep(app)
    await sweep(app, GRACE)
    assert await stored(app), "it can come back from the trash"
    await ask(client, token, "DELETE", "/api/trash/1")
    await sweep(app)
    await sweep(app, GRACE)
    assert await stored(app) == []


async def test_a_cover_that_was_replaced_is_let_go(app: Quart, client: Client, token: dict[str, str]):
    beach = await sent(client, token)
    made = {"title": TITLE, "content": CONTENT, "cover": beach["id"], "cover_alt": ALT}
    await ask(client, token, "POST", "/api/posts", **made)
    await ask(client, token, "PATCH", "/api/posts/1", cover=None)
    await sweep(app)
    await sweep(app, GRACE)
    assert await stored(app) == []


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


async def submitted(browser: Client, path: str, picture: bytes, **fields: str) -> Page:
    file = FileStorage(io.BytesIO(picture), filename="beach.jpg", name="file")
    return await read(await browser.post(path, files={"file": file}, form=fields))


TYPED = {
    "title": TITLE,
    "content": CONTENT,
    "tags": "Sea, Sand",
    "state": "draft",
    "slug": "words",
    "cover_caption": CAPTION,
}


async def test_a_picture_that_is_sent_with_the_form_is_the_cover(
    browser: Client, client: Client, token: dict[str, str]
):
    typed = TYPED | {"state": "published"}
    page = await submitted(browser, "/posts/new", pictures.picture(), **typed)
    assert (page.status, page.value("title"), page.value("cover_caption")) == (422, TITLE, CAPTION)
    assert "what the picture shows" in page.error("cover_alt")
    (chosen,) = [
        one.get("value") for one in page.all("input") if one.get("name") == "cover" and one.get("checked") is not None
    ]
    typed |= {"cover": str(chosen), "cover_alt": ALT}
    assert (await browser.post("/posts/new", form=typed)).status_code == 303
    _, post = await ask(client, token, "GET", "/api/posts/1")
    assert (post["cover"]["url"], post["cover"]["alt"], post["tags"]) == (chosen, ALT, ["Sea", "Sand"])
    edited = {"title": TITLE, "content": CONTENT}
    await browser.post("/posts/1/edit", form=edited)
    assert (await ask(client, token, "GET", "/api/posts/1"))[1]["cover"] == post["cover"], (
        "an old form has no such field"
    )
    await browser.post("/posts/1/edit", form=edited | {"cover": "", "cover_alt": ALT, "cover_caption": ""})
    assert (await ask(client, token, "GET", "/api/posts/1"))[1]["cover"] is None


REFUSED = {
    "too large": pictures.picture() + b"x" * 100_001,
    "no picture": b"%PDF-1.7 nothing to see",
    "a bomb": pictures.picture("PNG", (9000, 9000), "1"),
}


@pytest.mark.parametrize("why", REFUSED)
async def test_what_is_typed_outlives_a_picture_that_is_refused(browser: Client, why: str):
    page = await submitted(browser, "/posts/new", REFUSED[why], **TYPED, cover_alt=ALT)
    assert page.status == 422
    assert page.error("cover")
    kept = {name: page.value(name) for name in ("title", "tags", "slug", "cover_alt", "cover_caption")}
    assert kept == {name: (TYPED | {"cover_alt": ALT})[name] for name in kept}
    assert CONTENT in page.value("content")


async def test_a_preview_shows_the_cover_without_a_script(browser: Client):
    page = await submitted(browser, "/posts/preview", pictures.picture(), **TYPED, cover_alt=ALT)
    (shown,) = [image for image in page.all("img") if image.get("fetchpriority") == "high"]
    assert (shown.get("alt"), shown.get("width")) == (ALT, "1200")
