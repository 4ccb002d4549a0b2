"""When posts appeared: by year and month, in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.people import Client, Person, resources
from tests.reading import get

MOMENTS = (
    datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 3, 1, tzinfo=UTC),
    datetime(2024, 12, 31, 23, 59, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
)


@pytest.fixture
async def blog(app: Quart, ada: Person) -> Quart:
    async with resources(app).db.transaction() as session:
        for moment in MOMENTS:
            times = {"created_at": moment, "updated_at": moment, "published_at": moment}
            session.add(Post(title=f"{moment:%B %Y}", content="Long enough.", user_id=ada.id, **times))
    return app


async def listed(client: Client, query: str) -> Any:
    answer = await client.get(f"/api/posts?{query}")
    return [post["title"] for post in (await answer.get_json())["posts"]]


@pytest.mark.usefixtures("blog")
async def test_every_month_is_told_with_its_posts(client: Client):
    page = await get(client, "/archive")
    assert page.links["February 2024"] == "/archive/2024/2"
    assert "January 2024" not in page.links
    months = (await (await client.get("/api/archive")).get_json())["months"]
    assert [(one["month"], one["number"]) for one in months] == [
        (month, 1) for month in ("2026-11", "2024-12", "2024-03", "2024-02")
    ]


@pytest.mark.usefixtures("blog")
async def test_a_year_and_a_month_list_what_appeared_in_them(client: Client):
    assert (await get(client, "/archive/2024")).posts == ["December 2024", "March 2024", "February 2024"]
    assert (await get(client, "/archive/2024/2")).posts == ["February 2024"]
    assert await listed(client, "month=2024-12") == ["December 2024"]
    assert await listed(client, "month=2024&per_page=2") == ["December 2024", "March 2024"]
    assert await listed(client, "month=2024&tag=sea") == []


@pytest.mark.usefixtures("blog")
@pytest.mark.parametrize("path", ["2023", "2024/1", "2024/13", "0", "10000", "99999999999999999999", "2024/0"])
async def test_a_time_without_posts_is_not_there(client: Client, path: str):
    assert (await get(client, f"/archive/{path}")).status == 404


@pytest.mark.parametrize("month", ["", "24", "2024-13", "0000", "2024-1", "2024-01-01", "\uff12\uff10\uff12\uff14"])
async def test_what_is_no_month_is_refused(client: Client, month: str):
    answer = await client.get("/api/posts", query_string={"month": month})
    assert (answer.status_code, (await answer.get_json())["errors"][0]["field"]) == (422, "month")


async def test_the_last_month_of_all_time_has_an_end(client: Client):
    assert await listed(client, "month=9999-12") == []


async def test_an_empty_archive_says_so(client: Client):
    assert "Nothing has appeared yet" in (await get(client, "/archive")).text
