"""Feeds, as independent parsers read them."""

from __future__ import annotations

from datetime import datetime
from html import unescape
from typing import Any

import feedparser
import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.comments import make as comments
from tests.media import make as pictures
from tests.people import Client, Person, bearer, resources
from tests.posts import make
from tests.reading import get

PLACES = ("", "/users/ada", "/tags/low-tide", "/series/letters")
TEXT = "See [the other](/posts/1/x), [below](#text-below) and ![a shell](/media/shell.jpg).\n\n## Below\n\nDone."


async def parsed(client: Client, address: str) -> Any:
    answer = await client.get(address)
    assert answer.status_code == 200
    found = feedparser.parse(
        await answer.get_data(as_text=False),
        response_headers={"content-type": answer.headers["Content-Type"]},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    assert not found.bozo, found.get("bozo_exception")
    return found


async def json_feed(client: Client, address: str) -> Any:
    answer = await client.get(address)
    assert answer.headers["Content-Type"].startswith("application/feed+json")
    return await answer.get_json(force=True)


@pytest.fixture
async def post(app: Quart, ada: Person) -> Post:
    return await make.post(app, ada, "Salt & <sand>", TEXT, tags=["Low tide"], new_series="Letters")


@pytest.mark.usefixtures("post")
@pytest.mark.parametrize("place", PLACES)
async def test_each_is_valid_and_whole(client: Client, place: str):
    documents = [await parsed(client, f"{place}/feed.{kind}") for kind in ("atom", "rss")]
    for found, version in zip(documents, ("atom10", "rss20"), strict=True):
        (entry,) = found.entries
        assert found.version == version
        assert (entry.title, entry.id) == ("Salt & <sand>", "http://localhost/posts/1")
        assert [tag.term for tag in entry.tags] == ["Low tide"]
        assert entry.author == "ada"
        content = entry.content[0].value
        assert 'href="http://localhost/posts/1/x"' in content
        assert 'href="http://localhost/posts/1/salt-sand#text-below"' in content
        assert 'src="http://localhost/media/shell.jpg"' in content
        assert {link.href for link in found.feed.links} == {
            f"http://localhost{place or '/'}",
            f"http://localhost{place}/feed.{version[:-2]}",
        }
    found = await json_feed(client, f"{place}/feed.json")
    (item,) = found["items"]
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (item["id"], item["title"], item["tags"]) == ("http://localhost/posts/1", "Salt & <sand>", ["Low tide"])
    assert item["authors"] == [{"name": "ada", "url": "http://localhost/users/ada"}]
    assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
    assert item["content_html"].strip() == documents[0].entries[0].content[0].value


async def test_marks_that_a_text_only_speaks_of_are_read_as_they_stand(app: Quart, client: Client, ada: Person):
    text = "Write <b> & </b> around it."
    await make.post(app, ada, "Of marks", f"`{text}`")
    for kind in ("atom", "rss"):
        (entry,) = (await parsed(client, f"/feed.{kind}")).entries
        assert unescape(entry.summary) == text
        assert "<b>" not in entry.summary
    assert (await json_feed(client, "/feed.json"))["items"][0]["summary"] == text


@pytest.mark.usefixtures("post")
@pytest.mark.parametrize(
    ("place", "name"), [("/users/ada", "ada"), ("/tags/low-tide", "Low tide"), ("/series/letters", "Letters")]
)
async def test_readers_see_where_a_feed_is(client: Client, place: str, name: str):
    page = await get(client, place)
    assert page.links[f"Feed of {name}"] == f"{place}/feed.atom"


@pytest.mark.parametrize("state", ["draft", "private", "unlisted"])
async def test_what_is_not_published_is_in_none(app: Quart, client: Client, ada: Person, state: str):
    await make.post(app, ada, "Not for everybody", state=state, tags=["Low tide"], new_series="Letters")
    for place in ("", "/users/ada", "/tags/low-tide"):
        assert (await json_feed(client, f"{place}/feed.json"))["items"] == []
        assert (await parsed(client, f"{place}/feed.atom")).entries == []


async def test_an_entry_stays_the_same_when_its_address_changes(app: Quart, client: Client, ada: Person, post: Post):
    before = (await json_feed(client, "/feed.json"))["items"][0]
    changed = {"title": "Another title", "slug": "another-address"}
    await client.patch(f"/api/posts/{post.id}", json=changed, headers=await bearer(app, ada))
    after = (await json_feed(client, "/feed.json"))["items"][0]
    assert (before["id"], after["url"]) == (after["id"], "http://localhost/posts/1/another-address")
    assert before["date_modified"] < after["date_modified"]


@pytest.mark.parametrize("settings", [{}, {"page_cache_bytes": 0}], ids=["kept", "made anew"])
@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
async def test_who_has_it_gets_nothing_twice(app: Quart, client: Client, ada: Person, kind: str):
    assert (await client.get(f"/feed.{kind}")).headers["ETag"] == (await client.get(f"/feed.{kind}")).headers["ETag"]
    await make.post(app, ada)
    for _ in range(2):
        first = await client.get(f"/feed.{kind}")
        for name, told in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
            again = await client.get(f"/feed.{kind}", headers={name: first.headers[told]})
            assert (again.status_code, await again.get_data()) == (304, b"")
        stale = {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]}
        assert (await client.get(f"/feed.{kind}", headers=stale)).status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_cover_is_enclosed_and_all_authors_are_named(app: Quart, client: Client, ada: Person, grace: Person):
    hers, his = await bearer(app, ada), await bearer(app, grace)
    picture = await (await pictures.send(client, pictures.picture(), hers)).get_json()
    asked = {"title": "With a picture", "content": TEXT, "cover": picture["url"], "cover_alt": "A beach"}
    await client.post("/api/posts", json=asked, headers=hers)
    await client.post("/api/posts/1/authors", json={"username": "grace"}, headers=hers)
    await client.post("/api/invitations/1/accept", headers=his)
    for kind in ("atom", "rss"):
        (entry,) = (await parsed(client, f"/feed.{kind}")).entries
        assert entry.enclosures[0].href == f"http://localhost{picture['url']}"
        assert int(entry.enclosures[0].length) == len(await (await client.get(picture["url"])).get_data())
        assert [author.name for author in entry.authors] == ["ada", "grace"]
    assert (await json_feed(client, "/users/grace/feed.json"))["items"][0]["image"].endswith(picture["url"])


async def test_characters_that_xml_has_not_are_left_out(app: Quart, client: Client, ada: Person):
    """Posts of the Flask application may hold them."""
    async with resources(app).db.transaction() as session:
        moment = datetime.fromisoformat("2024-02-29T12:00:00+00:00")
        times = {"created_at": moment, "updated_at": moment, "published_at": moment}
        session.add(Post(title="Bell \x07", content="Form\x0cfeed \ufffe", user_id=ada.id, **times))
    assert (await parsed(client, "/feed.atom")).entries[0].title.strip() == "Bell"
    assert (await parsed(client, "/feed.rss")).entries[0].title.strip() == "Bell"


@pytest.mark.parametrize(
    "path", ["/users/nobody/feed.atom", "/tags/none/feed.rss", "/series/none/feed.json", "/feed.xml"]
)
async def test_of_nothing_there_is_none(client: Client, path: str):
    assert (await client.get(path)).status_code == 404


async def test_what_is_said_has_feeds_of_its_own(app: Quart, client: Client, ada: Person, grace: Person, post: Post):
    await comments.comment(app, ada, post.id, "See [the other](/posts/1/x) & more.")
    await comments.comment(app, grace, post.id, "This one waits.")
    for place in ("/comments", f"/posts/{post.id}/comments"):
        for kind in ("atom", "rss"):
            (entry,) = (await parsed(client, f"{place}/feed.{kind}")).entries
            assert (entry.title, entry.link) == (f"ada on {post.title}", "http://localhost/comments/1")
            assert 'href="http://localhost/posts/1/x"' in entry.content[0].value
        assert len((await json_feed(client, f"{place}/feed.json"))["items"]) == 1
    assert (await client.get("/posts/99/comments/feed.atom")).status_code == 404
    assert (await get(client, "/comments")).links[post.title] == f"/posts/{post.id}/{post.slug}"
    assert (await client.get("/posts/1/comments")).headers["Location"] == f"/posts/1/{post.slug}#comments"


@pytest.mark.parametrize(
    ("page", "place"),
    [
        *((page, "") for page in ("/", "/archive", "/archive/{month}", "/tags", "/series", "/posts/1/salt-sand")),
        ("/tags/low-tide", "/tags/low-tide"),
        ("/users/ada", "/users/ada"),
        ("/comments", "/comments"),
    ],
)
async def test_pages_tell_where_their_feeds_are(app: Quart, client: Client, ada: Person, page: str, place: str):
    post = await make.post(app, ada, "Salt & sand", tags=["Low tide"])
    found = await get(client, page.format(month=post.created_at.strftime("%Y/%m")))
    told = {one.get("href"): one.get("type") for one in found.all("link") if one.get("rel") == "alternate"}
    kinds = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
    assert {f"{place}/feed.{kind}": name for kind, name in kinds.items()}.items() <= told.items()
