"""The application in this process, as it runs in a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from quart import Quart

from blogapp import create_app
from tests.conformity import CheckedClient

FAST = {"rate_limits": "off", "tasks": "off", "hash_memory": 8192, "secret_key": "0123456789abcdef0123456789abcdef"}


@asynccontextmanager
async def serving(database_url: str, **settings: Any) -> AsyncIterator[Quart]:
    """Started on that database, without rate limits and with cheap hashes unless `settings` say otherwise."""
    app = create_app({"blogapp_env": "testing", "database_url": database_url, **FAST, **settings})
    app.test_client_class = CheckedClient
    async with app.test_app():
        yield app
