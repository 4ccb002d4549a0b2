"""What search engines find: every public address, and no other."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from quart import Quart

from blogapp.posts import address_queries
from tests.people import Client, Person
from tests.posts import make
from tests.reading import get

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


async def addresses(client: Client, path: str) -> list[str]:
    answer = await client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    tree = fromstring(await answer.get_data())  # of our own making
    return [str(found.text).removeprefix("http://localhost") for found in tree.iter(f"{NAMESPACE}loc")]


async def everything(client: Client) -> list[str]:
    return [address for part in await addresses(client, "/sitemap.xml") for address in await addresses(client, part)]


async def test_every_public_page_is_listed_and_no_other(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada, "Low & high", tags=["Low tide"], new_series="Letters")
    for state in ("draft", "private", "unlisted"):
        await make.post(app, grace, "Not for everybody", state=state, tags=["Hidden"], new_series="Hidden")
    found = await everything(client)
    assert sorted(found) == ["/", "/posts/1/low-high", "/series/letters", "/tags/low-tide", "/users/ada"]
    assert {(await client.get(address)).status_code for address in found} == {200}


@pytest.mark.parametrize("number", ["2", "99999999999"])
async def test_parts_that_there_are_not_are_not_found(client: Client, number: str):
    assert (await client.get(f"/sitemap-posts-{number}.xml")).status_code == 404


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_a_large_blog_is_listed_in_parts(
    app: Quart, client: Client, ada: Person, monkeypatch: pytest.MonkeyPatch, size: int
):
    monkeypatch.setattr(address_queries, "A_RANGE", size)
    posts = await make.posts(app, ada, 5)
    parts = [one for one in await addresses(client, "/sitemap.xml") if "posts" in one]
    assert len(parts) == -(-5 // size)
    found = [address for part in parts for address in await addresses(client, part)]
    assert found == ["/", *(f"/posts/{post.id}/{post.slug}" for post in posts)]
    assert (await client.get(f"/sitemap-posts-{len(parts) + 1}.xml")).status_code == 404


async def test_an_empty_blog_has_its_home(client: Client):
    assert await everything(client) == ["/"]


async def test_robots_are_told_where_it_is(client: Client):
    answer = await client.get("/robots.txt")
    lines = (await answer.get_data(as_text=True)).splitlines()
    assert answer.mimetype == "text/plain"
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /dashboard", "Sitemap: http://localhost/sitemap.xml"} <= set(lines)
    assert "Disallow: /" not in lines


async def test_all_searches_are_one_page_to_search_engines(client: Client):
    for path in ("/search", "/search?q=tide", "/search?q=author:nobody&page=1"):
        found = (await get(client, path)).all("link")
        assert [one.get("href") for one in found if one.get("rel") == "canonical"] == ["http://localhost/search"]
    assert "Disallow: /search" not in await (await client.get("/robots.txt")).get_data(as_text=True)
