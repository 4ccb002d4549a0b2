"""A forgotten password: a link by mail, once, for half an hour, and nobody learns who has an account."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from quart import Quart

from blogapp.accounts import links
from blogapp.accounts.models import CONFIRM, RESET
from blogapp.web.context import EXTENSION
from tests import sql
from tests.accounts import stored
from tests.mail_server import MailServer, link
from tests.people import PASSWORD, Client, Person, resources, signed_in, token
from tests.reading import get, send
from tests.serving import serving
from tests.waiting import until

NEW = "another long pass phrase"
SENT = ("info", "If that address has an account here, a mail with a link is on its way to it.")


@pytest.fixture
def settings(smtp: MailServer) -> dict[str, Any]:
    return {"tasks": "on", "smtp_url": smtp.url, "site_url": "https://blog.example.org", "task_wait": 0.1}


async def mailed_link(client: Client, smtp: MailServer, email: str = "ada@example.org") -> str:
    await send(client, "/auth/forgot", email=email)
    return link((await asyncio.to_thread(smtp.wait_for, 1))[-1])


async def made_link(app: Quart, person: Person, purpose: str = RESET) -> str:
    async with resources(app).db.transaction() as session:
        return f"/auth/{purpose}/{await links.make(session, person.id, person.email, purpose)}"


async def set_password(client: Client, path: str, password: str = NEW, again: str | None = None) -> Any:
    return await send(client, path, password=password, confirm_password=again or password)


async def test_the_way_from_the_login_page_to_a_new_password(app: Quart, client: Client, ada: Person, smtp: MailServer):
    browser = await signed_in(app, ada)
    program = {"Authorization": f"Bearer {await token(app, ada)}"}
    page = await get(client, "/auth/login")
    page = await get(client, page.links["Forgotten your password?"])
    page = await send(client, page.actions()["Send me a link"], email="ADA@example.org")
    assert (page.path, page.notices) == ("/auth/login", [SENT])
    (letter,) = await asyncio.to_thread(smtp.wait_for, 1)
    assert (letter["To"], letter["Subject"]) == ("ada@example.org", "A new password for blogapp")
    page = await get(client, link(letter))
    assert page.h1 == "Choose a new password"
    assert page.response.headers["Cache-Control"] == "no-store"
    page = await set_password(client, page.actions()["Change my password"])
    assert page.path == "/auth/login"
    assert (await get(browser, "/dashboard")).path.startswith("/auth/login")
    assert (await client.get("/api/users/1", headers=program)).status_code == 401
    assert await stored.sessions(app) == 0
    assert (await send(client, "/auth/login", email=ada.email, password=PASSWORD)).status == 401
    assert (await send(client, "/auth/login", email=ada.email, password=NEW)).path == "/"


async def test_a_link_works_once(app: Quart, client: Client, ada: Person):
    first, second = await made_link(app, ada), await made_link(app, ada)
    assert (await set_password(client, first)).path == "/auth/login"
    for used in (first, second):
        page = await get(client, used)
        assert (page.status, page.h1) == (404, "This link has ended")
        assert (await set_password(client, used, "yet another pass phrase")).status == 404
    assert (await send(client, "/auth/login", email=ada.email, password=NEW)).path == "/"


async def test_of_two_at_once_one_wins(app: Quart, ada: Person):
    path = await made_link(app, ada)
    clients = [app.test_client() for _ in range(4)]
    pages = await asyncio.gather(*(set_password(one, path, f"{NEW} {n}") for n, one in enumerate(clients)))
    assert sorted(page.status for page in pages) == [200, 404, 404, 404]


async def test_a_link_ends_after_half_an_hour(app: Quart, client: Client, ada: Person):
    path = await made_link(app, ada)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=29), tick=True):
        assert (await get(client, path)).status == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=30), tick=True):
        assert (await get(client, path)).status == 404
        assert (await set_password(client, path)).status == 404


async def test_a_link_of_another_purpose_or_made_up_sets_nothing(app: Quart, client: Client, ada: Person):
    confirming = (await made_link(app, ada, CONFIRM)).replace("confirm", "reset")
    for path in (confirming, "/auth/reset/x", "/auth/reset/%00", "/auth/reset/" + "a" * 500):
        assert (await get(client, path)).status in {400, 404}
        assert (await set_password(client, path)).status in {400, 404}
    assert (await send(client, "/auth/login", email=ada.email, password=PASSWORD)).path == "/"


async def test_a_link_ends_with_the_address_and_with_a_suspension(
    app: Quart, client: Client, ada: Person, grace: Person, database_url: str
):
    of_ada, of_grace = await made_link(app, ada), await made_link(app, grace)
    await asyncio.to_thread(
        sql.run,
        database_url,
        "UPDATE users SET email = 'countess@example.org' WHERE username = 'ada'",
        "UPDATE users SET suspended_at = created_at WHERE username = 'grace'",
    )
    for path in (of_ada, of_grace):
        assert (await get(client, path)).status == 404
        assert (await set_password(client, path)).status == 404


REFUSED = [
    ("password", "short", "Use at least 8 characters."),
    ("password", "password1", "This is one of the commonest passwords. Choose another."),
    ("password", "", "Please fill this in."),
]


async def test_refusals_stand_beside_their_fields_and_use_nothing_up(app: Quart, client: Client, ada: Person):
    path = await made_link(app, ada)
    for field, typed, message in REFUSED:
        page = await set_password(client, path, typed)
        assert (page.status, page.error(field)) == (422, message)
    page = await set_password(client, path, NEW, NEW + "!")
    assert (page.status, page.error("confirm_password")) == (422, "Passwords must match")
    assert (await set_password(client, path)).path == "/auth/login"
    page = await send(client, "/auth/forgot", email="")
    assert (page.status, page.error("email")) == (422, "Please fill this in.")


async def test_a_stranger_learns_nothing(app: Quart, ada: Person, grace: Person, smtp: MailServer, database_url: str):
    """Neither by what is said nor by what is done while they wait: one row is written in any case."""
    await asyncio.to_thread(
        sql.run, database_url, "UPDATE users SET suspended_at = created_at WHERE username = 'grace'"
    )
    asked = (ada.email, grace.email, "nobody@example.org", "not an address")
    pages = [await send(app.test_client(), "/auth/forgot", email=email) for email in asked]
    assert len({(page.status, page.path, page.text) for page in pages}) == 1
    assert sql.rows(database_url, "SELECT count(*) FROM outbox WHERE task = 'reset'") == [(4,)]
    await until(lambda: sql.rows(database_url, "SELECT DISTINCT state FROM outbox WHERE task = 'reset'") == [("done",)])
    assert [letter["To"] for letter in smtp.letters] == [ada.email]
    assert sql.rows(database_url, "SELECT count(*) FROM outbox WHERE CAST(facts AS text) LIKE '%nobody%'") == [(0,)]


class TestLimits:
    @pytest.fixture
    def settings(self, smtp: MailServer) -> dict[str, Any]:
        return {"rate_limits": "on", "smtp_url": smtp.url, "limit_forgot": "2/hour", "limit_forgot_address": "5/hour"}

    async def test_one_address_gets_few_mails_known_or_not(self, client: Client, ada: Person):
        for email in ("ada@example.org", "nobody@example.org"):
            found = [(await send(client, "/auth/forgot", email=typed)).status for typed in (email, email.upper())]
            assert found == [200, 200]
        assert (await send(client, "/auth/forgot", email="ada@example.org")).status == 429

    async def test_one_client_may_not_try_links_for_ever(self, client: Client, ada: Person):
        found = [(await set_password(client, f"/auth/reset/{n}")).status for n in range(6)]
        assert found == [404] * 5 + [429]


async def test_a_reset_also_confirms_the_address(app: Quart, client: Client, ada: Person, database_url: str):
    await set_password(client, await made_link(app, ada))
    assert sql.rows(database_url, "SELECT email FROM confirmations") == [("ada@example.org",)]


async def test_secrets_stay_out_of_the_log(app: Quart, client: Client, ada: Person):
    path = await made_link(app, ada)
    secret = path.rsplit("/", 1)[1]
    with structlog.testing.capture_logs() as lines:
        await get(client, path)
        await set_password(client, path, "short")
        await set_password(client, path)
        await client.post(path, headers={"Origin": "https://elsewhere.example"})
    assert [line["path"] for line in lines if line["event"] == "request"] == ["/auth/reset/…"] * 3 + [
        "/auth/login",
        "/auth/reset/…",
    ]
    assert secret not in str(lines)


PRODUCTION = {
    "blogapp_env": "production",
    "secret_key": "0f" * 8 + "c61e8a2b97d45f03",
    "allowed_hosts": "localhost",
    "site_url": "http://localhost",
}


async def test_production_without_mail_says_whom_to_ask(database_url: str):
    async with serving(database_url, **PRODUCTION) as app:
        client = app.test_client()
        page = await get(client, "/auth/forgot")
        assert (page.status, page.h1) == (200, "No mail from here")
        page = await send(client, "/auth/forgot", email="ada@example.org")
        assert (page.status, page.h1) == (503, "No mail from here")
        await send(client, "/auth/register", username="ada", email="a@example.org", password=NEW, confirm_password=NEW)
    assert sql.rows(database_url, "SELECT count(*) FROM users") == [(1,)]
    assert sql.rows(database_url, "SELECT count(*) FROM outbox") == [(0,)]


async def test_settings_offer_no_letter_where_there_is_none(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    assert "Send me the link" in (await get(browser, "/settings")).actions()
    app.extensions[EXTENSION] = replace(resources(app), mail=None)
    assert "Send me the link" not in (await get(browser, "/settings")).actions()
    assert (await send(browser, "/settings/email/confirm")).status == 503
