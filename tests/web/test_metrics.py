"""`/metrics`: what it counts, and who gets to see it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from quart import Quart

from blogapp.infra import outbox
from tests.people import Client, Person, resources
from tests.serving import serving

NEAR = {"client": ("127.0.0.1", 1)}
TOKEN = "a-token-that-nobody-guesses"

ON_ONE = pytest.mark.parametrize("engine_name", ["sqlite"])
"""For what does not depend on the database."""

Samples = dict[tuple[str, ...], float]


async def scrape(client: Client) -> Samples:
    """Values by name and values of labels."""
    answer = await client.get("/metrics", scope_base=NEAR)
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(await answer.get_data(as_text=True))
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@ON_ONE
async def test_requests_are_counted_by_rule_method_and_status(app: Quart, client: Client, ada: Person):
    for path in ("/", "/", "/nothing", "/made/up", f"/users/{ada.username}", "/users/nobody"):
        await client.get(path)
    await client.post("/api/posts", json={})
    await client.get("/", headers={"Host": "not a host"})
    await client.get("/static/favicon.svg")
    found = await scrape(client)
    requests = {key[1:]: value for key, value in found.items() if key[0] == "blogapp_http_requests_total"}
    assert requests == {
        ("GET", "/", "200"): 2,
        ("GET", "(unknown)", "404"): 2,
        ("GET", "(refused)", "400"): 1,
        ("GET", "/users/<path:username>", "200"): 1,
        ("GET", "/users/<path:username>", "404"): 1,
        ("POST", "/api/posts", "401"): 1,
        ("GET", "/static/<path:filename>", "200"): 1,
    }
    assert found["blogapp_http_request_duration_seconds_count", "/"] == 2
    assert found["blogapp_http_request_duration_seconds_bucket", "+Inf", "/"] == 2
    assert 0 < found["blogapp_http_request_duration_seconds_sum", "/"] < 60


@ON_ONE
async def test_the_page_cache_is_counted(client: Client):
    for _ in range(3):
        await client.get("/")
    await client.get("/nothing")
    found = await scrape(client)
    assert found["blogapp_page_cache_misses_total",] == 1
    assert found["blogapp_page_cache_hits_total",] == 2
    assert found["blogapp_page_cache_entries",] == 1
    assert found["blogapp_page_cache_bytes",] > 1000


async def test_tasks_are_counted_by_state(app: Quart, client: Client):
    async with resources(app).db.transaction() as session:
        for number in range(3):
            await outbox.put(session, "welcome", f"welcome.{number}")
    async with resources(app).db.transaction() as session:
        await outbox.hand_out(session, 3)
        work = await outbox.claim(session, 1, outbox.HANDED_AGAIN)
        assert work is not None
        await outbox.put_off(session, work, "no", None)
    await asyncio.sleep(0.05)
    found = await scrape(client)
    states = {key[1]: value for key, value in found.items() if key[0] == "blogapp_tasks"}
    assert states == {"waiting": 2, "running": 0, "dead": 1, "done": 0}
    assert 0.05 <= found["blogapp_tasks_overdue_seconds",] < 60


async def test_pools_process_and_event_loop_are_there(app: Quart, client: Client):
    async with resources(app).db.read(), resources(app).db.transaction() as session:
        await session.connection()
        found = await scrape(client)
    assert found["blogapp_database_pool_in_use", "read"] == 1
    assert found["blogapp_database_pool_in_use", "write"] == 1
    assert found["blogapp_database_pool_size", "read"] == 10
    assert found["blogapp_workers",] == found["blogapp_database_up",] == 1
    assert found["blogapp_live_connections",] == 0
    assert any(key[0] == "process_resident_memory_bytes" and value > 1e7 for key, value in found.items())
    async with asyncio.timeout(10):
        while not found["blogapp_event_loop_lag_seconds_count",]:
            await asyncio.sleep(0.1)
            found = await scrape(client)


async def test_a_database_that_is_away_is_a_number_too():
    async with serving("postgresql://nobody@127.0.0.1:1/nothing") as app:
        found = await scrape(app.test_client())
    assert found["blogapp_database_up",] == 0
    assert not any(key[0] == "blogapp_tasks" for key in found)


STRANGERS: list[tuple[dict[str, Any], dict[str, Any], dict[str, str], int]] = [
    ({}, {"client": ("127.0.0.1", 1)}, {}, 200),
    ({}, {"client": ("::1", 1)}, {}, 200),
    ({}, {"client": ("::ffff:127.0.0.1", 1)}, {}, 200),
    ({}, {"client": ("203.0.113.9", 1)}, {}, 404),
    ({}, {"client": ("10.0.0.9", 1)}, {}, 404),
    ({}, {"client": None}, {}, 404),
    ({}, {"client": ("<local>", 0)}, {}, 404),
    ({"metrics_clients": "10.0.0.0/8"}, {"client": ("10.0.0.9", 1)}, {}, 200),
    ({"metrics_clients": "10.0.0.0/8"}, {"client": ("127.0.0.1", 1)}, {}, 404),
    ({}, NEAR, {"X-Forwarded-For": "127.0.0.1"}, 404),
    ({}, NEAR, {"Via": "1.1 proxy"}, 404),
    ({"trusted_proxies": "10.0.0.0/8"}, NEAR, {"X-Forwarded-For": "203.0.113.9"}, 404),
    ({"trusted_proxies": "127.0.0.1"}, NEAR, {"X-Forwarded-For": "203.0.113.9"}, 404),
    ({"trusted_proxies": "127.0.0.1"}, NEAR, {"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}, 404),
    ({"trusted_proxies": "127.0.0.1", "metrics_clients": "192.0.2.0/24"}, NEAR, {"X-Forwarded-For": "192.0.2.7"}, 200),
    ({"trusted_proxies": "127.0.0.1"}, NEAR, {}, 200),
    ({"metrics_token": TOKEN}, NEAR, {}, 404),
    ({"metrics_token": TOKEN}, NEAR, {"Authorization": "Bearer nobody"}, 404),
    ({"metrics_token": TOKEN}, {"client": ("203.0.113.9", 1)}, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ({"allowed_hosts": "blog.example.org"}, NEAR, {"Host": "10.0.0.5:8000"}, 200),
]


@ON_ONE
@pytest.mark.parametrize(("settings", "base", "headers", "status"), STRANGERS)
async def test_only_the_operator_finds_it(client: Client, base: dict[str, Any], headers: dict[str, str], status: int):
    answer = await client.get("/metrics", headers=headers, scope_base=base)
    assert answer.status_code == status
    if status == 404:
        nothing = await client.get("/nothing", headers=headers, scope_base=base)
        told, told_nothing = [await one.get_data(as_text=True) for one in (answer, nothing)]
        assert len(told) == len(told_nothing)
        assert answer.headers["Cache-Control"] == nothing.headers["Cache-Control"]
