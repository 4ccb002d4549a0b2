"""Throttling: keyed on who it truly is, and the same for every process, at any speed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import func, select

from blogapp.infra.throttle import SWEEP_EVERY, Throttle
from tests.people import PASSWORD, Client, Person, resources, signed_in
from tests.serving import serving

ON = {"rate_limits": "on"}
PROXIED = ON | {"trusted_proxies": "10.0.0.0/8, 127.0.0.1, fd00::/8", "limit_register": "2/hour"}


async def login(client: Client, email: str = "nobody@example.org", password: str = "wrong", **given: Any) -> Any:
    return await client.post("/auth/login", form={"email": email, "password": password}, **given)


async def register(client: Client, peer: str, *forwarded: str) -> int:
    """The status of a registration that fails for its name, which is looked at after the limit."""
    headers = [("X-Forwarded-For", line) for line in forwarded]
    form = {"username": "ada", "email": "x@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    answer = await client.post("/auth/register", form=form, headers=headers, scope_base={"client": (peer, 50_000)})
    return int(answer.status_code)


@pytest.fixture
def settings() -> dict[str, Any]:
    return ON | {"limit_login": "3/hour", "limit_login_address": "6/hour"}


@pytest.mark.parametrize("door", ["/auth/login", "/api/tokens"])
async def test_too_many_are_told_when_to_come_back(client: Client, door: str):
    sent: dict[str, Any] = {"email": "nobody@example.org", "password": "wrong"}
    kind = "json" if door.startswith("/api") else "form"
    answers = [await client.post(door, **{kind: sent}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    last = answers[-1]
    assert last.mimetype == ("application/problem+json" if kind == "json" else "text/html")
    assert 0 < int(last.headers["Retry-After"]) <= 3600
    assert last.headers["RateLimit-Limit"] == "3"
    assert last.headers["RateLimit-Remaining"] == "0"
    assert last.headers["RateLimit-Reset"] == last.headers["Retry-After"]
    assert last.headers["RateLimit-Policy"] == "3;w=3600;name=login"
    assert [answer.headers["RateLimit-Remaining"] for answer in answers[:3]] == ["2", "1", "0"]


async def test_the_account_is_one_in_whatever_way_its_address_is_written(client: Client, ada: Person):
    for email in ("ada@example.org", "ADA@example.org", " Ada@Example.ORG "):
        assert (await login(client, email)).status_code == 401
    assert (await login(client, ada.email, PASSWORD)).status_code == 429


async def test_the_account_is_one_from_whatever_address_it_is_tried(client: Client, ada: Person):
    for number in range(3):
        assert (await login(client, ada.email, scope_base={"client": (f"192.0.2.{number}", 1)})).status_code == 401
    blocked = await login(client, ada.email, PASSWORD, scope_base={"client": ("192.0.2.9", 1)})
    assert blocked.status_code == 429


async def test_the_right_password_clears_the_account(client: Client, app: Quart, ada: Person):
    for _ in range(2):
        assert (await login(client, ada.email)).status_code == 401
        assert (await login(app.test_client(), ada.email, PASSWORD)).status_code == 303


async def test_one_network_tries_many_accounts_only_so_often(client: Client):
    statuses = [(await login(client, f"user{number}@example.org")).status_code for number in range(7)]
    assert statuses == [401] * 6 + [429]


async def test_limits_hold_across_processes_and_restarts(database_url: str, settings: dict[str, Any]):
    async with serving(database_url, **settings) as one, serving(database_url, **settings) as other:
        for app in (one, other, one):
            assert (await login(app.test_client())).status_code == 401
        assert (await login(other.test_client())).status_code == 429
    async with serving(database_url, **settings) as again:
        assert (await login(again.test_client())).status_code == 429


@pytest.mark.parametrize("settings", [ON | {"limit_login": "5/hour", "hash_queue": 100}])
async def test_a_burst_is_counted_exactly(database_url: str, settings: dict[str, Any]):
    async with serving(database_url, **settings) as one, serving(database_url, **settings) as other:
        answers = await asyncio.gather(*(login(app.test_client()) for app in (one, other) for _ in range(15)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 25


@pytest.mark.parametrize("settings", [{"rate_limits": "off", "limit_login": "1/hour", "limit_api": "1/hour"}])
async def test_limits_can_be_switched_off(client: Client):
    assert {(await login(client)).status_code for _ in range(4)} == {401}
    answers = [await client.get("/api/posts") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit-Limit" not in answers[0].headers


@pytest.mark.parametrize("settings", [ON | {"limit_api": "3/hour"}])
async def test_calls_of_the_api_are_counted_for_the_account_or_the_network(app: Quart, client: Client, ada: Person):
    assert [(await client.get("/api/posts")).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert (await client.get("/api/nothing")).status_code == 429
    assert (await client.get("/")).status_code == 200
    browser = await signed_in(app, ada)
    assert [(await browser.get("/api/posts")).status_code for _ in range(4)] == [200, 200, 200, 429]


async def test_what_has_expired_does_not_pile_up(app: Quart):
    throttle = resources(app).throttle
    for number in range(5):
        await throttle.incr(f"old{number}", -1)
    await throttle.incr("kept", 3600)
    throttle._swept_at -= SWEEP_EVERY
    await throttle.incr("new", 3600)
    async with resources(app).db.transaction() as session:
        assert set(await session.scalars(select(Throttle.key))) == {"kept", "new"}
        assert await session.scalar(select(func.count()).select_from(Throttle)) == 2


ONE_CLIENT = [
    ("192.0.2.1", ("198.51.100.{}",)),
    ("10.0.0.1", ("198.51.100.{}, 192.0.2.1",)),
    ("10.0.0.1", ("198.51.100.{}", "192.0.2.1")),
    ("10.0.0.1", ("198.51.100.{}, 192.0.2.1, 10.0.0.2",)),
    ("10.0.0.1", ("198.51.100.{}, 192.0.2.1,10.9.9.9 ,  10.0.0.2",)),
    ("10.0.0.1", ("198.51.100.{}, nonsense, 10.0.0.2",)),
    ("::ffff:10.0.0.1", ("198.51.100.{}, 192.0.2.1",)),
    ("10.0.0.1", ("198.51.100.{}, ::ffff:192.0.2.1",)),
    ("10.0.0.1", ("2001:db8:{0}::1, 2001:db8:7:7:{0}::{0}",)),
    ("fd00::1", ("198.51.100.{}, 2001:db8:7:7::{}",)),
    ("2001:db8:7:7::{}", ("198.51.100.{}",)),
    ("10.0.0.1", ("198.51.100.{}, fe80::1%eth{}",)),
]
"""Its peer and the lines of X-Forwarded-For; what a client could choose itself has a number."""

MANY_CLIENTS = [
    ("192.0.2.{}", ("198.51.100.1",)),
    ("10.0.0.1", ("198.51.100.{}",)),
    ("10.0.0.1", ("10.0.0.{}",)),
    ("127.0.0.1", ("198.51.100.1, 192.0.2.{}, 10.0.0.2",)),
    ("", ("192.0.2.{}",)),
    ("10.0.0.1", ("2001:db8:7:{}::1",)),
    ("2001:db8:7:{}::1", ()),
]


@pytest.mark.parametrize("settings", [PROXIED])
async def test_a_client_can_not_choose_its_address(app: Quart, client: Client, ada: Person, subtests: pytest.Subtests):
    """What it adds on the left counts for nothing, and an IPv6 client is its /64."""
    for peer, forwarded in ONE_CLIENT:
        await resources(app).throttle.reset()
        with subtests.test(peer=peer, forwarded=forwarded):
            statuses = [
                await register(client, peer.format(number), *(line.format(number, number) for line in forwarded))
                for number in range(1, 4)
            ]
            assert statuses == [409, 409, 429]


@pytest.mark.parametrize("settings", [PROXIED])
async def test_clients_behind_one_proxy_are_told_apart(
    app: Quart, client: Client, ada: Person, subtests: pytest.Subtests
):
    for peer, forwarded in MANY_CLIENTS:
        await resources(app).throttle.reset()
        with subtests.test(peer=peer, forwarded=forwarded):
            statuses = [
                await register(client, peer.format(number), *(line.format(number) for line in forwarded))
                for number in range(1, 4)
            ]
            assert statuses == [409] * 3


@pytest.mark.parametrize("settings", [ON | {"limit_register": "2/hour"}])
async def test_without_trusted_proxies_nobody_is_believed(client: Client, ada: Person):
    statuses = [await register(client, "127.0.0.1", f"192.0.2.{number}") for number in range(3)]
    assert statuses == [409, 409, 429]
