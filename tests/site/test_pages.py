"""What readers see: home, posts, authors, the dashboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.accounts import make as accounts
from tests.people import Client, Person, resources, signed_in
from tests.posts import make
from tests.reading import get, words

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


async def _published(app: Quart, author: Person, title: str, moment: datetime) -> None:
    async with resources(app).db.transaction() as session:
        session.add(
            Post(
                title=title,
                content="Long enough.",
                user_id=author.id,
                created_at=moment,
                updated_at=moment,
                published_at=moment,
            )
        )


async def test_an_empty_blog_tells_a_visitor_how_to_begin(client: Client):
    page = await get(client, "/")
    assert page.status == 200
    assert page.links["Create an account"] == "/auth/register"
    assert page.posts == []


async def test_an_empty_blog_tells_an_author_to_write(app: Quart, ada: Person):
    page = await get(await signed_in(app, ada), "/")
    assert page.links["Write the first post"] == "/posts/new"


@pytest.mark.parametrize("settings", [{"registration": "closed"}])
async def test_an_empty_closed_blog_invites_nobody(client: Client):
    page = await get(client, "/")
    assert not {"Create an account", "Register"} & page.links.keys()


async def test_home_lists_the_newest_first_with_author_date_and_excerpt(app: Quart, client: Client, ada: Person):
    await _published(app, ada, "Older harbour", NOON)
    await _published(app, ada, "Newer harbour", NOON + timedelta(days=1))
    page = await get(client, "/")
    assert page.posts == ["Newer harbour", "Older harbour"]
    assert page.links["Newer harbour"] == "/posts/2/post"
    first, _ = page.all("article")
    assert words(first) == "Newer harbour Long enough. ada · 1 March 2024"
    assert {time.attrib["datetime"] for time in page.all("time")} == {
        "2024-02-29T12:00:00+00:00",
        "2024-03-01T12:00:00+00:00",
    }


async def test_home_has_pages_that_lead_to_each_other(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 21)
    first = await get(client, "/")
    assert first.posts == [f"Post number {number}" for number in range(21, 11, -1)]
    second = await get(client, first.links["Older posts"])
    assert (second.path, len(second.posts)) == ("/?page=2", 10)
    last = await get(client, second.links["Older posts"])
    assert (last.path, last.posts) == ("/?page=3", ["Post number 1"])
    assert "Older posts" not in last.links
    assert (await get(client, second.links["Newer posts"])).path == "/"


async def test_a_full_page_has_no_empty_one_behind_it(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 10)
    assert "Older posts" not in (await get(client, "/")).links
    assert (await get(client, "/?page=2")).status == 404


async def test_a_page_that_is_not_is_not_found_and_one_that_is_none_is_refused(client: Client):
    for number in ("0", "-1", "2", "9" * 30):
        assert (await get(client, f"/?page={number}")).status == 404
    for number in ("x", "1.5", "", "%00", "1e2", "%D9%A1"):
        assert (await get(client, f"/?page={number}")).status == 422


async def test_an_author_has_a_page_of_their_posts(app: Quart, client: Client, ada: Person, grace: Person):
    await make.posts(app, ada, 11)
    await make.post(app, grace)
    page = await get(client, "/users/ada")
    assert page.h1 == "ada"
    assert "11 posts" in page.main
    assert page.posts[0] == "Post number 11"
    assert (await get(client, page.links["Older posts"])).posts == ["Post number 1"]
    assert (await get(client, "/users/grace")).posts == [make.TITLE]


async def test_an_author_shows_no_address_to_others(app: Quart, client: Client, ada: Person, grace: Person):
    await make.post(app, ada)
    other = await signed_in(app, grace)
    for reader in (client, other):
        for path in ("/", "/users/ada", "/posts/1"):
            assert ada.email not in await (await reader.get(path, follow_redirects=True)).get_data(as_text=True)


async def test_an_author_without_posts_has_a_page_that_says_so(app: Quart, client: Client, ada: Person):
    assert "ada has not published anything yet" in (await get(client, "/users/ada")).main
    own = await get(await signed_in(app, ada), "/users/ada")
    assert own.links["Write your first post"] == "/posts/new"


async def test_a_name_in_another_case_leads_to_the_author(client: Client, ada: Person):
    response = await client.get("/users/ADA")
    assert response.status_code == 301
    assert response.headers["Location"] == "/users/ada"
    assert response.headers["Cache-Control"] == "no-cache"


async def test_nobody_is_not_found(client: Client, ada: Person):
    for name in ("nobody", "ada/", "ad", "ada%00", "%F0%9F%90%99", "a" * 500, "..%2f", "ada%20"):
        assert (await get(client, f"/users/{name}")).status == 404


async def test_names_taken_over_from_elsewhere_have_pages(app: Quart, subtests: pytest.Subtests):
    names = ("Zo\u00eb Z\u00fcrich", "a/b/c", "50% off?", "#tag&co", "<b>bold</b>", "\u65e5\u672c", "a.b", "x" * 80)
    for number, name in enumerate(names):
        with subtests.test(name=name):
            person = await accounts.user(app, name, email=f"old{number}@example.org")
            await make.post(app, person, f"By author number {number}")
            reader = app.test_client()
            page = await get(reader, (await get(reader, "/")).links[name])
            assert page.status == 200
            assert page.h1 == name
            assert page.posts == [f"By author number {number}"]


async def test_the_dashboard_lists_own_posts_with_what_can_be_done(app: Quart, ada: Person, grace: Person):
    await make.post(app, grace)
    await make.posts(app, ada, 21)
    browser = await signed_in(app, ada)
    page = await get(browser, "/dashboard")
    assert page.h1 == "Your posts"
    assert "Published 21" in page.links
    assert page.posts[0] == "Post number 21"
    assert page.links["Edit: Post number 21"] == "/posts/22/edit"
    assert page.links["Delete: Post number 21"] == "/posts/22/delete"
    assert (await get(browser, page.links["Older posts"])).posts == ["Post number 1"]


async def test_an_empty_dashboard_tells_how_to_begin(app: Quart, ada: Person):
    page = await get(await signed_in(app, ada), "/dashboard")
    assert page.links["Write your first post"] == "/posts/new"


async def test_the_dashboard_is_for_people_who_are_signed_in(client: Client):
    assert (await get(client, "/dashboard?page=2")).path == f"/auth/login?next={quote('/dashboard?page=2', safe='/?')}"


async def test_pages_do_not_mix_up_readers(app: Quart, client: Client, ada: Person):
    await make.post(app, ada)
    for path in ("/", "/users/ada", "/posts/1/what-the-tide-left-behind"):
        response = await client.get(path)
        assert response.headers["Vary"] == "Cookie"
        assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=1, must-revalidate"
        assert "Set-Cookie" not in response.headers
        own = await (await signed_in(app, ada)).get(path)
        assert (own.headers["Vary"], own.headers["Cache-Control"]) == ("Cookie", "no-cache")


async def test_only_author_and_administrator_are_offered_to_edit(
    app: Quart, client: Client, ada: Person, grace: Person, root: Person
):
    await make.post(app, ada)
    readers = {"visitor": client, "other": await signed_in(app, grace)}
    editors = {"author": await signed_in(app, ada), "administrator": await signed_in(app, root)}
    assert {who: "Edit" in (await get(reader, "/posts/1")).links for who, reader in readers.items()} == {
        "visitor": False,
        "other": False,
    }
    for reader in editors.values():
        page = await get(reader, "/posts/1")
        assert (page.links["Edit"], page.links["Delete"]) == ("/posts/1/edit", "/posts/1/delete")
