"""Numbered pages of the API's lists."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.accounts import make as accounts
from tests.people import Client, Person
from tests.posts import make


async def test_a_list_without_rows_has_one_empty_page(client: Client):
    response = await client.get("/api/posts")
    assert await response.get_json() == {"posts": [], "total": 0, "pages": 0, "current_page": 1}


async def test_a_page_holds_twenty_unless_asked_otherwise(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 21)
    page = await (await client.get("/api/posts")).get_json()
    assert len(page["posts"]) == 20
    assert (page["total"], page["pages"], page["current_page"]) == (21, 2, 1)


async def test_the_last_page_holds_the_rest(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 3)
    page = await (await client.get("/api/posts?page=2&per_page=2")).get_json()
    assert [post["title"] for post in page["posts"]] == ["Post number 1"]
    assert (page["total"], page["pages"], page["current_page"]) == (3, 2, 2)


async def test_users_are_paged_like_posts(app: Quart, client: Client):
    for name in ("ada", "grace", "joan"):
        await accounts.user(app, name)
    page = await (await client.get("/api/users?page=2&per_page=2")).get_json()
    assert [user["username"] for user in page["users"]] == ["joan"]
    assert (page["total"], page["pages"], page["current_page"]) == (3, 2, 2)


async def test_no_page_holds_more_than_a_hundred(app: Quart, client: Client, ada: Person):
    await make.posts(app, ada, 101)
    page = await (await client.get("/api/posts?per_page=1000")).get_json()
    assert len(page["posts"]) == 100
    assert page["pages"] == 2


@pytest.mark.parametrize("path", ["/api/users", "/api/posts"])
async def test_a_page_out_of_range_is_not_found(client: Client, path: str):
    for number in ("0", "-1", "2", "1000000000000", "9" * 40, "-" + "9" * 40):
        response = await client.get(f"{path}?page={number}")
        assert response.status_code == 404, number
        assert (await response.get_json())["code"] == "not_found"


@pytest.mark.parametrize("name", ["page", "per_page"])
async def test_a_malformed_number_is_invalid_and_named(client: Client, name: str):
    for number in ("abc", "", "1.5", "1e3", "%20", "0x10", "%2B1", "1_0", "%D9%A1", "--1", "-"):
        response = await client.get(f"/api/posts?{name}={number}")
        assert response.status_code == 422, number
        assert [error["field"] for error in (await response.get_json())["errors"]] == [name]


async def test_a_page_of_nothing_is_invalid(client: Client):
    for number in ("0", "-1", "-" + "9" * 40):
        response = await client.get(f"/api/posts?per_page={number}")
        assert response.status_code == 422, number
        assert [error["field"] for error in (await response.get_json())["errors"]] == ["per_page"]


async def test_a_huge_page_is_a_page_of_a_hundred(client: Client):
    for size in ("1000000000000", "9" * 40):
        assert (await client.get(f"/api/posts?per_page={size}")).status_code == 200, size


async def test_a_query_that_is_not_utf_8_is_a_bad_request(client: Client):
    response = await client.get("/api/posts?page=%FF")
    assert response.status_code == 400
    assert (await response.get_json())["code"] == "bad_request"


@pytest.mark.parametrize("path", ["/api/posts", "/"])
async def test_a_name_given_twice_is_refused(client: Client, path: str):
    assert (await client.get(f"{path}?page=1&page=2")).status_code == 400
