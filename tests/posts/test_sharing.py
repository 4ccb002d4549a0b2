"""A draft shown by a secret link, until it is withdrawn; through both doors."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.posts.make import TITLE
from tests.reading import get, send, words


@pytest.fixture
async def _draft(app: Quart, ada: Person) -> None:
    await make.post(app, ada, state="draft")


@pytest.mark.usefixtures("_draft")
async def test_who_has_the_link_reads_the_draft_until_it_is_withdrawn(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    shared = await client.post("/api/posts/1/link", headers=headers)
    url = (await shared.get_json())["url"]
    page = await get(client, url)
    assert (page.status, page.h1) == (200, TITLE)
    assert [meta.get("content") for meta in page.all("meta") if meta.get("name") == "robots"] == ["noindex"]
    assert (await client.get("/posts/1/what-the-tide-left-behind")).status_code == 404
    again = await client.post("/api/posts/1/link", headers=headers)
    assert (await again.get_json())["url"] == url
    assert (await client.delete("/api/posts/1/link", headers=headers)).status_code == 200
    assert (await client.get(url)).status_code == 404
    renewed = await client.post("/api/posts/1/link", headers=headers)
    assert (await renewed.get_json())["url"] != url


@pytest.mark.usefixtures("_draft")
async def test_it_is_made_and_withdrawn_beside_the_form(app: Quart, client: Client, ada: Person):
    browser = await signed_in(app, ada)
    page = await send(browser, (await get(browser, "/posts/1/edit")).actions()["Make a secret link"])
    link = words(next(code for code in page.all("code") if code.get("class") == "secret"))
    path = "/" + link.split("/", 3)[3]
    assert (await get(client, path)).h1 == TITLE
    page = await send(browser, page.actions()["Withdraw the link"])
    assert page.notices == [("success", "The secret link leads nowhere any more.")]
    assert (await client.get(path)).status_code == 404


@pytest.mark.usefixtures("_draft")
async def test_an_old_address_keeps_its_key(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    url = (await (await client.post("/api/posts/1/link", headers=headers)).get_json())["url"]
    await client.patch("/api/posts/1", json={"title": "What the tide took away"}, headers=headers)
    assert (await get(client, url)).h1 == "What the tide took away"


@pytest.mark.usefixtures("_draft")
async def test_other_keys_open_nothing(client: Client, app: Quart, ada: Person):
    assert (await client.get("/posts/1/what-the-tide-left-behind?key=")).status_code == 404
    await client.post("/api/posts/1/link", headers=await bearer(app, ada))
    for key in ("", "x", "%C3%A9", "None"):
        assert (await client.get(f"/posts/1/what-the-tide-left-behind?key={key}")).status_code == 404


async def test_sharing_is_for_those_who_may_edit(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada)
    headers = await bearer(app, grace)
    assert (await client.post("/api/posts/1/link", headers=headers)).status_code == 403
    assert (await client.delete("/api/posts/1/link", headers=headers)).status_code == 403
