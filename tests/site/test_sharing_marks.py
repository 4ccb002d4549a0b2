"""What those who show links to a post are told."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from PIL import Image
from quart import Quart

from tests.media import make as pictures
from tests.people import Client, Person, bearer, signed_in
from tests.posts import make
from tests.reading import Page, classes, get, words

TITLE = '</script><script>alert("1")</script> & more'
SITE = "https://blog.example.org"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"site_url": SITE, "site_name": 'A "blog"'}


def told(page: Page) -> dict[str, str]:
    return {one.get("property", ""): one.get("content", "") for one in page.all("meta") if one.get("property")}


def linked(page: Page) -> Any:
    (script,) = [one for one in page.all("script") if one.get("type") == "application/ld+json"]
    return json.loads(script.text or "")


async def test_a_post_tells_chats_and_search_engines_what_it_is(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, TITLE, "How it *begins*, & goes on.", tags=["Sea", "Sand & salt"])
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    address = f"{SITE}/posts/{post.id}/{post.slug}"
    properties = told(page)
    assert (properties["og:title"], properties["og:site_name"]) == (TITLE, 'A "blog"')
    assert properties["og:description"] == "How it begins, & goes on."
    assert properties["og:url"] == address
    assert properties["article:tag"] == "Sand & salt"
    assert [one.get("href") for one in page.all("link") if one.get("rel") == "canonical"] == [address]
    data = linked(page)
    assert (data["@type"], data["headline"], data["keywords"]) == ("BlogPosting", TITLE, ["Sea", "Sand & salt"])
    assert data["author"] == [{"@type": "Person", "name": "ada", "url": f"{SITE}/users/ada"}]


async def test_readers_mail_a_post_and_copy_its_link(app: Quart, client: Client, ada: Person):
    await make.post(app, ada, "Salt & sand: 100 % sea?")
    await make.post(app, ada, "A draft of it", state="draft")
    links = (await get(client, "/posts/1/salt-sand-100-sea")).links
    assert links["Copy link"] == f"{SITE}/posts/1/salt-sand-100-sea"
    told = dict(parse_qsl(urlsplit(links["Mail"]).query, strict_parsing=True))
    assert links["Mail"].startswith("mailto:?")
    assert "+" not in links["Mail"]
    assert told == {"subject": "Salt & sand: 100 % sea?", "body": links["Copy link"]}
    assert "Mail" not in (await get(await signed_in(app, ada), "/posts/2/a-draft-of-it")).links


async def test_what_is_not_for_everybody_tells_nothing(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, state="unlisted")
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    assert told(page) == {}
    assert not [one for one in page.all("script") if one.get("type") == "application/ld+json"]


async def test_other_sites_learn_of_a_post_by_oembed(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, TITLE)
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    (found,) = [one.get("href", "") for one in page.all("link") if one.get("type") == "application/json+oembed"]
    answer = await client.get(found.removeprefix(SITE))
    document = await answer.get_json()
    assert (document["type"], document["title"], document["author_name"]) == ("link", TITLE, "ada")
    assert (document["author_url"], document["provider_name"]) == (f"{SITE}/users/ada", 'A "blog"')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_post_without_a_cover_has_a_card_with_its_words(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, TITLE)
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    address = told(page)["og:image"]
    assert linked(page)["image"] == address
    answer = await client.get(address.removeprefix(SITE))
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    with Image.open(BytesIO(await answer.get_data())) as card:
        assert [str(one) for one in card.size] == [told(page)["og:image:width"], told(page)["og:image:height"]]
    again = await client.get(address.removeprefix(SITE), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    for other in ("", "?version=7", "?version=1&x=1"):
        moved = await client.get(f"/posts/1/card.png{other}")
        assert (moved.status_code, moved.headers["Location"]) == (301, address.removeprefix(SITE))


async def test_what_is_not_for_everybody_has_no_card(app: Quart, client: Client, ada: Person):
    await make.post(app, ada, state="unlisted")
    assert (await client.get("/posts/1/card.png?version=1")).status_code == 404
    assert (await client.get("/posts/2/card.png")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("", 422),
        ("url=posts/1", 422),
        ("url=http://[", 422),
        (f"url={SITE}/posts/2/hidden", 404),
        (f"url={SITE}/posts/99999999999", 404),
        (f"url={SITE}/users/ada", 404),
        ("url=https://other.example/posts/1/x", 404),
        (f"url={SITE}/posts/1/x&format=xml", 501),
        (f"url={SITE}/posts/1/x&maxwidth=wide", 422),
        (f"url={SITE}/posts/1/x&maxheight=0", 422),
    ],
)
async def test_oembed_tells_of_published_posts_of_this_site_alone(
    app: Quart, client: Client, ada: Person, asked: str, status: int
):
    await make.post(app, ada)
    await make.post(app, ada, "Hidden", state="unlisted")
    answer = await client.get(f"/oembed?{asked}")
    assert answer.status_code == status
    assert answer.mimetype == ("text/plain" if status == 501 else "application/problem+json")


async def test_a_post_is_an_entry_of_microformats(app: Quart, client: Client, ada: Person):
    post = await make.post(app, ada, tags=["Sea"])
    page = await get(client, f"/posts/{post.id}/{post.slug}")
    (entry,) = [one for one in page.all("article") if "h-entry" in classes(one)]
    found = {name for one in entry.iter() for name in classes(one)}
    assert {"p-name", "p-author", "h-card", "dt-published", "e-content", "p-category", "u-url"} <= found
    assert "u-photo" not in found


async def test_a_thumbnail_is_no_larger_than_was_asked(app: Quart, client: Client, ada: Person):
    hers = await bearer(app, ada)
    sent = await pictures.send(client, pictures.picture(size=(1000, 500)), hers)
    cover = (await sent.get_json())["url"]
    asked = {"title": "With a picture", "content": "Look at it.", "cover": cover, "cover_alt": "A beach"}
    await client.post("/api/posts", json=asked, headers=hers)
    await make.post(app, ada, "Without one")

    async def thumbnail(number: int, limits: str) -> tuple[str, int, int] | None:
        document = await (await client.get(f"/oembed?url={SITE}/posts/{number}{limits}")).get_json()
        names = ("thumbnail_url", "thumbnail_width", "thumbnail_height")
        return tuple(document[name] for name in names) if names[0] in document else None

    assert await thumbnail(1, "") == (f"{SITE}{cover}", 1000, 500)
    address, width, height = await thumbnail(1, "&maxwidth=900") or ("", 0, 0)
    assert (address.endswith(".webp"), width <= 900, width == 2 * height) == (True, True, True)
    assert ((await thumbnail(1, "&maxheight=300")) or ("", 0, 0))[2] <= 300
    assert await thumbnail(1, "&maxwidth=1") is None
    assert ((await thumbnail(2, "")) or ("", 0, 0))[1] == 1200
    assert await thumbnail(2, "&maxwidth=600&maxheight=600") is None


@pytest.mark.parametrize(
    ("path", "title"),
    [
        *(("/", 'A "blog"'), ("/users/ada", "ada"), ("/tags/sea", "Sea"), ("/series/letters", "Letters")),
        *(("/archive", "Archive"), ("/tags", "Tags"), ("/series", "Series")),
    ],
)
async def test_a_list_says_where_it_is_and_what_it_is_called(
    app: Quart, client: Client, ada: Person, path: str, title: str
):
    await make.post(app, ada, tags=["Sea"], new_series="Letters")
    page = await get(client, f"{path}?utm_source=elsewhere")
    assert (told(page)["og:title"], told(page)["og:url"]) == (title, SITE + path)
    assert [one.get("href") for one in page.all("link") if one.get("rel") == "canonical"] == [SITE + path]


async def test_each_page_of_a_list_is_one_of_its_own(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 11)
    page = await get(client, "/?page=2")
    assert told(page)["og:url"] == f"{SITE}/?page=2"


async def test_an_author_is_a_card_of_microformats(app: Quart, client: Client, ada: Person):
    profile = {"display_name": "Ada L.", "bio": "Counts.", "links": ["https://a.example/"]}
    await client.put(f"/api/users/{ada.id}/profile", json=profile, headers=await bearer(app, ada))
    page = await get(client, "/users/ada")
    (card,) = [one for one in page.all("div") if "h-card" in classes(one)]
    values = {name: one for one in card.iter() for name in classes(one)}
    assert (words(values["p-name"]), words(values["p-note"]), words(values["p-nickname"])) == (
        "Ada L.",
        "Counts.",
        "ada",
    )
    assert values["u-uid"].get("value") == f"{SITE}/users/ada"
    assert (values["u-url"].get("href"), values["u-url"].get("rel")) == ("https://a.example/", "me nofollow noopener")
