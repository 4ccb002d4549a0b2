"""Ada's browser."""

from __future__ import annotations

import pytest
from quart import Quart

from tests.people import Client, Person, signed_in


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)
