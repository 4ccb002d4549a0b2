"""What takes long is logged with its route, its request's id, and nobody's values."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.live import environment
from tests.people import PASSWORD, Client, resources
from tests.waiting import until

COUNTING = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
    SELECT count(*) AS found, CAST(:secret AS VARCHAR) AS secret FROM n
"""

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"log_format": "json", "slow_query_ms": 20, "slow_request_ms": 20, "tasks": "on", "smtp_url": ""}


@pytest.fixture
def lines(app: Quart) -> Lines:
    stream = io.StringIO()
    [ours] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    ours.setStream(stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def only(lines: Lines, event: str, part: str = "") -> dict[str, Any]:
    """On a busy machine others may be slow as well."""
    [line] = [line for line in lines() if line["event"] == event and part in line.get("statement", "")]
    return line


async def test_a_slow_statement_and_its_request_are_two_lines(app: Quart, client: Client, lines: Lines):
    @app.get("/slow/<name>")
    async def slow(name: str) -> str:
        found = await resources(app).db.rows(text(COUNTING), most=300_000, secret=f"secret {name}")
        return str(found[0].found)

    answer = await client.get("/slow/made-up", headers={"X-Request-ID": "from-outside"})
    assert await answer.get_data(as_text=True) == "300000"
    query, request = only(lines, "slow query", "RECURSIVE"), only(lines, "slow request")
    assert query["route"] == request["route"] == "/slow/<name>"
    assert query["request_id"] == request["request_id"] == "from-outside"
    assert query["level"] == request["level"] == "warning"
    assert query["statement"].startswith("WITH RECURSIVE n(i) AS (SELECT 1 UNION")
    assert "secret made-up" not in json.dumps(query)
    assert 20 < query["ms"] <= request["ms"] < 60_000
    assert (request["path"], request["status"]) == ("/slow/made-up", 200)


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_slow_statement_that_fails_is_logged_too(app: Quart, lines: Lines):
    with pytest.raises(DBAPIError):
        await resources(app).db.rows(text("SELECT 1 / (count(*) - 1) FROM pg_sleep(0.1)"))
    assert only(lines, "slow query", "pg_sleep")["error"]


async def test_what_is_quick_is_not_mentioned(app: Quart, client: Client, lines: Lines):
    await resources(app).db.rows(text("SELECT 1"))
    await client.get("/livez")
    assert not [line for line in lines() if line["event"] == "slow query" and line.get("route") == "/livez"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_a_late_event_loop_is_logged(lines: Lines):
    time.sleep(0.6)  # noqa: ASYNC251  # what nobody should do
    await until(lambda: any(line["event"] == "event loop late" and line["ms"] > 200 for line in lines()))


async def test_a_task_is_logged_under_the_request_that_caused_it(client: Client, lines: Lines):
    form = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    await client.post("/auth/register", form=form, headers={"X-Request-ID": "of-registration"})
    await until(lambda: any(line["event"] == "task done" and line["task"] == "welcome" for line in lines()))
    caused = [line for line in lines() if line["event"] == "task done" and line["task"] == "welcome"]
    assert [line["request_id"] for line in caused] == ["of-registration"]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_commands_log_in_the_same_shape(database_url: str, tmp_path: Any):
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "blogapp", "users", "create", "ada", "ada@example.org", "--password-stdin"],
        input=PASSWORD,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment(database_url, LOG_LEVEL="info"),
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        assert {"event", "level", "logger", "timestamp", "request_id"} <= set(line)
        assert line["request_id"].startswith("command.")
