"""Hostile texts, and the pages of errors."""

from __future__ import annotations

from html import unescape

import pytest
from quart import Quart
from sqlalchemy import text

from tests.people import Client, Person, resources, signed_in
from tests.reading import get, read, send, words

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</textarea></title></main><h1>mine</h1>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "&lt;b&gt; &amp; &#x3c;",
    "<!-- <svg/onload=alert(1)> -->",
    'javascript:alert(1) http://a.example/"onclick="alert(1)',
    "\u202eright to left\u202c \u200b\u2066",
    "W" * 190,
]


async def test_hostile_texts_are_shown_as_typed_on_every_page(app: Quart, ada: Person, subtests: pytest.Subtests):
    """But for references to characters, which Markdown reads as HTML does."""
    browser = await signed_in(app, ada)
    for number, typed in enumerate(HOSTILE, 1):
        with subtests.test(typed=typed):
            title = " ".join(typed.split())
            shown = await send(browser, "/posts/new", title=title, content=f"{typed}\n\n{typed} again")
            assert shown.h1 == title
            assert shown.title == f"{title} · blogapp"
            assert words(shown.prose) == " ".join(unescape(f"{typed} {typed} again").split())
            assert (await get(browser, f"/posts/{number}/edit")).value("title") == title
            assert title in (await get(browser, f"/posts/{number}/delete")).main
            for path in ("/", "/dashboard", "/users/ada"):
                assert title in (await get(browser, path)).posts
            refused = await send(browser, f"/posts/{number}/edit", title=typed, content=typed, version="x")
            assert refused.value("title") == typed
            assert refused.value("content") == typed
            assert all(script.get("src", "").startswith("/static/") for script in refused.all("script"))


async def test_hostile_addresses_are_answered_by_pages_that_do_not_repeat_them(client: Client):
    for path in (
        "/%3Cscript%3E",
        "/static/%00%3Cscript%3E",
        "/users/%3Cscript%3E",
        "/posts/1/%22%3E",
        "/%FF",
        "/?page=%3C",
    ):
        page = await get(client, path)
        assert page.status in {404, 422}
        assert "<script>" not in page.text


async def test_errors_are_pages_with_a_way_on(client: Client, subtests: pytest.Subtests):
    for path, method, status, h1 in (
        ("/nowhere", "GET", 404, "Page not found"),
        ("/dashboard", "DELETE", 405, "That does not work here"),
        ("/?page=x", "GET", 422, "Something is not right yet"),
        ("/" + "x" * 9000, "GET", 414, "This address is too long"),
        ("/settings/password", "POST", 401, "Please log in"),
    ):
        with subtests.test(path=path[:20]):
            page = await read(await client.open(path, method=method), path)
            assert page.status == status
            assert page.h1 == h1
            assert page.links["Go to the home page"] == "/"
            assert page.response.headers["X-Request-ID"] in page.main
            assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("settings", [{"max_body": 2048}])
async def test_a_body_too_large_is_told_so_on_a_page(client: Client):
    page = await send(client, "/auth/login", email="x" * 3000)
    assert page.status == 413
    assert page.h1 == "That is too large"


async def test_what_breaks_on_reading_can_be_tried_again(app: Quart, client: Client):
    async with resources(app).db.transaction() as session:
        await session.execute(text("ALTER TABLE posts RENAME TO lost"))
    page = await get(client, "/")
    assert page.status == 500
    assert page.links["Try again"] == ""
    assert "posts" not in page.main


@pytest.mark.parametrize("settings", [{"site_name": "<i>Tide & Co</i>"}])
async def test_the_name_of_the_site_is_shown_as_it_was_set(client: Client):
    page = await get(client, "/")
    assert page.title == "<i>Tide & Co</i>"
    assert page.links["<i>Tide & Co</i>"] == "/"
