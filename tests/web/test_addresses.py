"""Addresses are remembered, and still those of the place where the application is mounted."""

from __future__ import annotations

import pytest
from quart import Quart

from blogapp.app import create_app
from blogapp.web.addresses import author_url, mounted_at, url_for, with_next


@pytest.fixture
def app() -> Quart:
    return create_app("testing")


@pytest.mark.parametrize("mount", ["", "/blog"])
async def test_an_address_begins_where_the_application_is_mounted(app: Quart, mount: str) -> None:
    for _ in range(2):
        async with app.test_request_context("/", root_path=mount):
            mounted_at.set(mount)
            assert url_for("main.index") == f"{mount}/"
            assert author_url("ada") == f"{mount}/users/ada"


async def test_each_value_has_an_address_of_its_own(app: Quart) -> None:
    async with app.test_request_context("/"):
        assert [url_for("main.edit_post", id=number) for number in (1, 2, 1)] == [
            "/posts/1/edit",
            "/posts/2/edit",
            "/posts/1/edit",
        ]


@pytest.mark.parametrize(
    ("target", "address"),
    [
        (None, "/auth/login"),
        ("/posts/new", "/auth/login?next=/posts/new"),
        ("/?page=2&x=ü", "/auth/login?next=/?page%3D2%26x%3D%C3%BC"),
    ],
)
async def test_a_page_leads_on_to_the_one_that_was_wanted(app: Quart, target: str | None, address: str) -> None:
    async with app.test_request_context("/"):
        assert with_next("auth.login", target) == address
