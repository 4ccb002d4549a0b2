"""Errors as Sentry gets them."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from quart import Quart

from blogapp.errors import Refused
from blogapp.infra import logs
from tests.collector import Collector, collector
from tests.people import Person, signed_in
from tests.serving import serving
from tests.waiting import until

SEARCHED = "what-was-searched"


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


@pytest.fixture
def sentry() -> Iterator[Collector]:
    with collector() as found:
        yield found
    logs.configure("info", as_json=False)


@pytest.fixture
async def app(sentry: Collector, database_url: str) -> AsyncIterator[Quart]:
    async with serving(database_url, sentry_dsn=f"http://public@{sentry.address}/1") as app:
        yield app


async def events(sentry: Collector, count: int) -> list[dict[str, Any]]:
    await until(lambda: len(sentry.received) >= count)
    assert all(path == "/api/1/envelope/" for path, _ in sentry.received)
    return [json.loads(body.splitlines()[2]) for _, body in sentry.received]


async def test_a_fault_is_told_with_its_traceback_and_nobody_s_data(app: Quart, ada: Person, sentry: Collector):
    @app.get("/broken/<name>")
    async def broken(name: str) -> str:
        secret = f"secret of {name}"
        raise RuntimeError(f"something broke {len(secret)}")

    browser = await signed_in(app, ada)
    await browser.get(f"/broken/somebody?q={SEARCHED}", headers={"X-Request-ID": "of-fault"})
    [event] = await events(sentry, 1)
    [error] = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "something broke 18")
    assert error["stacktrace"]["frames"][-1]["function"] == "broken"
    assert event["transaction"] == event["tags"]["route"] == "/broken/<name>"
    assert event["tags"]["request_id"] == "of-fault"
    assert (event["level"], event["logger"], event["environment"]) == ("error", "blogapp.errors", "testing")
    assert event["release"].startswith("blogapp@")
    told = sentry.received[0][1].decode()
    for private in ("secret of somebody", SEARCHED, "blogapp_auth", ada.email):
        assert private not in told


async def test_errors_of_libraries_and_of_tasks_are_told_and_warnings_are_not(app: Quart, sentry: Collector):
    log = structlog.get_logger("blogapp.tasks")
    log.warning("task failed", task="welcome")
    log.error("task dead", task="welcome", tries=30)
    logging.getLogger("somebody.else").error("it failed", exc_info=OSError("of a library"))
    dead, library = await events(sentry, 2)
    assert dead["message"] == "task dead"
    assert dead["extra"] == {"task": "welcome", "tries": 30}
    assert library["exception"]["values"][0]["value"] == "of a library"


async def test_a_dsn_that_is_none_is_one_line(database_url: str):
    with pytest.raises(Refused, match="SENTRY_DSN is not like"):
        async with serving(database_url, sentry_dsn="nonsense"):
            pass
