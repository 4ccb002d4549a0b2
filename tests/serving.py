"""The application in this process, as it runs in a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from quart import Quart
from werkzeug.routing import Rule

from blogapp import create_app
from blogapp.web import rendering
from tests.conformity import CheckedClient

FAST = {"rate_limits": "off", "tasks": "off", "hash_memory": 8192, "secret_key": "0123456789abcdef0123456789abcdef"}


class Compiled(BytecodeCache):
    """Templates are compiled once for all applications of the process."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


def _remember_rules() -> None:
    """Werkzeug writes a function for each rule of an application, which takes most of the time of starting one. What it
    writes depends on nothing but the rule.
    """
    write: Any = Rule._compile_builder
    written: dict[object, Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in written:
            written[key] = write(rule, append_unknown)
        return written[key]

    Rule._compile_builder = remembered


_remember_rules()


@asynccontextmanager
async def serving(database_url: str, **settings: Any) -> AsyncIterator[Quart]:
    """Started on that database, without rate limits and with cheap hashes unless `settings` say otherwise."""
    app = create_app({"blogapp_env": "testing", "database_url": database_url, **FAST, **settings})
    app.test_client_class = CheckedClient
    app.extensions[rendering.EXTENSION].bytecode_cache = COMPILED
    async with app.test_app():
        yield app
