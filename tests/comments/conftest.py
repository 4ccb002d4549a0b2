"""Ada, and what she wrote."""

from __future__ import annotations

import pytest
from quart import Quart

from blogapp.posts.models import Post
from tests.people import Client, Person, signed_in
from tests.posts import make


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


@pytest.fixture
async def post(app: Quart, ada: Person) -> Post:
    return await make.post(app, ada)
