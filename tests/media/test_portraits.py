"""Pictures of people: sent by both doors, shown beside their names, kept and taken away."""

from __future__ import annotations

from typing import Any

import pytest
from quart import Quart

from blogapp.media.service import WORN
from tests.media import make
from tests.media.test_keeping import GRACE, names, sweep
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make as posts
from tests.reading import Page, get, read

PAGE = "/settings/profile/picture"


def portraits(page: Page) -> list[dict[str, Any]]:
    return [dict(image.attrib) for image in page.all("img") if "portrait" in image.attrib.get("class", "")]


async def sent(client: Client, ada: Person, token: dict[str, str], **picture: Any) -> str:
    answer = await make.send(client, make.picture(**picture), token, to=f"/api/users/{ada.id}/picture")
    assert answer.status_code == 200
    url: str = (await answer.get_json())["picture"]
    return url


async def test_the_middle_is_shown_beside_ones_name(app: Quart, client: Client, browser: Client, ada: Person):
    post = await posts.post(app, ada)
    for path in (f"/posts/{post.id}/{post.slug}", "/users/ada"):
        assert portraits(await get(client, path)) == []
    done = await make.send(browser, make.picture(exif=make.exif()), to=PAGE)
    assert (done.status_code, done.headers["Location"]) == (303, "/settings/profile")
    for path, side in ((f"/posts/{post.id}/{post.slug}", "48"), ("/users/ada", "80"), ("/settings/profile", "80")):
        (shown,) = portraits(await get(browser if "settings" in path else client, path))
        assert (shown["alt"], shown["width"], shown["height"]) == ("", side, side)
    picture = make.opened(await (await client.get(shown["src"])).get_data())
    assert (picture.size, picture.format, dict(picture.getexif())) == ((400, 400), "WEBP", {})
    left, right = picture.getpixel((50, 200)), picture.getpixel((350, 200))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[0] > 200, right[2] > 200) == (True, True)


async def test_the_same_through_the_api(app: Quart, client: Client, token: dict[str, str], ada: Person):
    path = f"/api/users/{ada.id}/profile"
    assert (await (await client.get(path)).get_json())["picture"] is None
    url = await sent(client, ada, token, size=(90, 120))
    assert make.opened(await (await client.get(url)).get_data()).size == (90, 90)
    assert (await (await client.get(path)).get_json())["picture"] == url
    await client.put(path, json={"bio": "Writes about the sea."}, headers=token)
    assert (await (await client.get(path)).get_json())["picture"] == url
    gone = await client.delete(f"/api/users/{ada.id}/picture", headers=token)
    assert (gone.status_code, (await gone.get_json())["picture"]) == (200, None)


async def test_what_moves_stands_still(client: Client, token: dict[str, str], ada: Person):
    answer = await make.send(client, make.moving("GIF"), token, to=f"/api/users/{ada.id}/picture")
    url = (await answer.get_json())["picture"]
    assert getattr(make.opened(await (await client.get(url)).get_data()), "n_frames", 1) == 1


async def test_only_the_account_sends_and_an_administrator_takes_away(
    app: Quart, client: Client, token: dict[str, str], ada: Person, grace: Person, root: Person
):
    path = f"/api/users/{ada.id}/picture"
    url = await sent(client, ada, token)
    for person in (grace, root):
        assert (await make.send(client, make.picture(), await bearer(app, person), to=path)).status_code == 403
    assert (await client.delete(path, headers=await bearer(app, grace))).status_code == 403
    assert (await client.delete(path)).status_code == 401
    assert (await (await client.get(f"/api/users/{ada.id}/profile")).get_json())["picture"] == url
    assert (await client.delete(path, headers=await bearer(app, root))).status_code == 200
    for headers, status in ((token, 404), ({}, 401)):
        answer = await make.send(client, make.picture(), headers, to="/api/users/99/picture")
        assert answer.status_code == status


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff but no more"])
async def test_what_is_no_picture_is_refused_at_its_field(
    client: Client, browser: Client, token: dict[str, str], ada: Person, content: bytes
):
    page = await read(await make.send(browser, content, to=PAGE))
    assert page.status == 422
    assert page.error("file")
    problem = await (await make.send(client, content, token, to=f"/api/users/{ada.id}/picture")).get_json()
    assert (problem["status"], problem["errors"][0]["field"]) == (422, "file")


async def test_it_is_not_swept_away_until_it_is_taken_away(
    app: Quart, client: Client, browser: Client, token: dict[str, str], ada: Person
):
    await sent(client, ada, token)
    (library,) = (await (await client.get("/api/media", headers=token)).get_json())["media"]
    assert (library["is_portrait"], library["alt"]) == (True, "Picture of ada")
    assert "your profile" in (await get(browser, "/dashboard/media")).text
    refused = await client.delete(f"/api/media/{library['id']}", headers=token)
    assert (refused.status_code, (await refused.get_json())["detail"]) == (409, WORN)
    await sweep(app)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1
    assert (await browser.post(f"{PAGE}/remove")).status_code == 303
    await sweep(app)
    await sweep(app, GRACE)
    assert await names(app) == []


async def test_an_administrator_who_deletes_the_file_leaves_no_broken_picture(
    app: Quart, client: Client, token: dict[str, str], ada: Person, root: Person
):
    await sent(client, ada, token)
    (library,) = (await (await client.get("/api/media", headers=token)).get_json())["media"]
    assert (await (await signed_in(app, root)).post(f"/dashboard/media/{library['id']}/delete")).status_code == 303
    assert (await (await client.get(f"/api/users/{ada.id}/profile")).get_json())["picture"] is None
