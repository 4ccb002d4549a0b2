"""The library in the browser."""

from __future__ import annotations

import html
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.media.models import Media
from tests.media import make
from tests.media.test_api import kept
from tests.people import Client, Person, resources, signed_in
from tests.posts import make as posts
from tests.reading import read

LIBRARY = "/dashboard/media"


async def page(client: Client, path: str = LIBRARY) -> str:
    response = await client.get(path)
    assert response.status_code == 200
    return html.unescape(await response.get_data(as_text=True))


async def only(app: Quart) -> Any:
    return (await resources(app).db.rows(select(Media.id, Media.name, Media.alt)))[0]


async def test_a_picture_is_sent_with_a_form(app: Quart, browser: Client):
    response = await make.send(browser, make.picture(), to=LIBRARY, alt="A beach")
    assert (response.status_code, response.headers["Location"]) == (303, LIBRARY)
    shown = await page(browser)
    picture = await only(app)
    assert "The picture is in your library." in shown
    assert f"![A beach](/media/{picture.name})" in shown
    assert "In no post yet." in shown


@pytest.mark.parametrize(("content", "says"), [(b"<svg/>", "no picture that can be read"), (b"", "Choose a picture")])
async def test_what_can_t_be_taken_is_said_beside_the_field(browser: Client, folder: Any, content: bytes, says: str):
    response = await make.send(browser, content, to=LIBRARY, called="beach.jpg" if content else "")
    shown = await response.get_data(as_text=True)
    assert response.status_code == 422
    assert says in shown
    assert 'aria-invalid="true"' in shown
    assert kept(folder) == []


async def test_the_words_beside_a_refused_picture_are_still_there(browser: Client):
    page = await read(await make.send(browser, b"<svg/>", to=LIBRARY, alt='A "beach"'))
    assert page.value("alt") == 'A "beach"'
    assert page.error("file").startswith("This is no picture")
    page = await read(await make.send(browser, make.picture(), to=LIBRARY, alt="x" * 1001))
    assert (page.status, page.error("alt"), page.error("file")) == (422, "Use at most 1,000 characters.", "")
    assert page.value("alt") == "x" * 1001


class TestLimits:
    @pytest.fixture
    def settings(self, folder: Any) -> dict[str, Any]:
        return {"media_dir": folder, "media_spare": 0, "media_max_bytes": 1024**2}

    @pytest.mark.parametrize("to", [LIBRARY, "/settings/profile/picture"])
    async def test_a_picture_that_is_too_large_is_said_at_its_place(self, browser: Client, folder: Any, to: str):
        page = await read(await make.send(browser, bytes(2 * 1024**2), to=to, alt="A beach"))
        assert page.status == 422
        assert "This file is larger than 1 MB." in page.text
        assert to != LIBRARY or page.value("alt") == "A beach"
        assert kept(folder) == []


async def test_descriptions_are_edited_in_place(app: Quart, browser: Client):
    await make.send(browser, make.picture(), to=LIBRARY)
    picture = await only(app)
    saved = await browser.post(f"{LIBRARY}/{picture.id}", form={"alt": 'The "sea" & <sand>'})
    assert saved.headers["Location"] == f"{LIBRARY}#picture-{picture.id}"
    assert (await only(app)).alt == 'The "sea" & <sand>'
    await browser.post(f"{LIBRARY}/{picture.id}", form={"alt": "x" * 1001})
    assert "at most 1,000 characters" in await page(browser)
    assert (await only(app)).alt == 'The "sea" & <sand>'


async def test_what_shows_a_picture_is_linked(app: Quart, browser: Client, ada: Person):
    await make.send(browser, make.picture(), to=LIBRARY)
    picture = await only(app)
    post = await posts.post(app, ada, content=f"Look: ![](/media/{picture.name})")
    shown = await page(browser)
    assert f'<a href="/posts/{post.id}/{post.slug}">{post.title}</a>' in shown
    assert f"{LIBRARY}/{picture.id}/delete" not in shown
    await browser.post(f"{LIBRARY}/{picture.id}/delete")
    assert "This picture is in use." in await page(browser)


async def test_a_picture_is_deleted(app: Quart, browser: Client):
    await make.send(browser, make.picture(), to=LIBRARY)
    await browser.post(f"{LIBRARY}/{(await only(app)).id}/delete")
    shown = await page(browser)
    assert "The picture is deleted." in shown
    assert "/media/" not in shown.partition("</form>")[2].replace(LIBRARY, "")


async def test_everybody_has_a_library_of_their_own(app: Quart, browser: Client, grace: Person):
    await make.send(browser, make.picture(), to=LIBRARY)
    picture, other = await only(app), await signed_in(app, grace)
    assert picture.name not in await page(other)
    assert (await other.post(f"{LIBRARY}/{picture.id}", form={"alt": "x"})).status_code == 404
    assert (await other.post(f"{LIBRARY}/{picture.id}/delete")).status_code == 404


async def test_strangers_are_led_to_the_login(client: Client):
    assert (await client.get(LIBRARY)).headers["Location"] == f"/auth/login?next={LIBRARY}"
    assert (await make.send(client, make.picture(), to=LIBRARY)).status_code == 401


async def test_another_site_can_t_send_pictures(browser: Client, folder: Any):
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert (await make.send(browser, make.picture(), elsewhere, to=LIBRARY)).status_code == 403
    assert kept(folder) == []
