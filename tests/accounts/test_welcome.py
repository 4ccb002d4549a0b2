"""The letter that greets a new account, and the address it confirms."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart

from tests import sql
from tests.mail_server import MailServer, link, text
from tests.people import PASSWORD, Client, Person, signed_in
from tests.reading import get, send

NEWCOMER = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}


@pytest.fixture
def settings(smtp: MailServer) -> dict[str, Any]:
    return {"tasks": "on", "smtp_url": smtp.url, "site_url": "https://blog.example.org", "task_wait": 0.1}


async def letters(smtp: MailServer, count: int) -> list[Any]:
    return await asyncio.to_thread(smtp.wait_for, count)


async def test_the_welcome_confirms_the_address_once(client: Client, smtp: MailServer, database_url: str):
    await send(client, "/auth/register", **NEWCOMER)
    (letter,) = await letters(smtp, 1)
    assert (letter["To"], letter["Subject"]) == ("mary@example.org", "Welcome to blogapp")
    assert letter["Message-ID"] == "<welcome.1@blog.example.org>"
    assert "https://blog.example.org/auth/confirm/" in text(letter)
    assert "https://blog.example.org/auth/confirm/" in text(letter, "html")
    page = await get(client, link(letter))
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "mary@example.org" in page.main
    assert sql.rows(database_url, "SELECT count(*) FROM confirmations") == [(0,)]
    page = await send(client, page.actions()["Yes, confirm it"])
    assert page.notices == [("success", "Thank you, your e-mail address is confirmed.")]
    assert sql.rows(database_url, "SELECT user_id, email FROM confirmations") == [(1, "mary@example.org")]
    again = await send(client, link(letter))
    assert (again.status, again.h1) == (404, "This link has ended")


async def test_nothing_is_locked_for_the_unconfirmed(client: Client):
    await send(client, "/auth/register", **NEWCOMER)
    await send(client, "/auth/login", email="mary@example.org", password=PASSWORD)
    page = await send(client, "/posts/new", title="A first post", content="More than a few words.")
    assert page.h1 == "A first post"


async def test_a_refused_registration_greets_nobody(client: Client, ada: Person, database_url: str):
    await send(client, "/auth/register", **(NEWCOMER | {"username": "ada"}))
    assert sql.rows(database_url, "SELECT count(*) FROM outbox WHERE task = 'welcome'") == [(0,)]


async def test_another_address_is_confirmed_anew(app: Quart, ada: Person, smtp: MailServer):
    browser = await signed_in(app, ada)
    page = await get(browser, "/settings")
    assert "You have not confirmed this address yet." in page.main
    page = await send(browser, page.actions()["Send me the link"])
    assert page.notices == [("info", "A mail with a link is on its way to you.")]
    (first,) = await letters(smtp, 1)
    await send(browser, link(first))
    assert "You have confirmed this address." in (await get(browser, "/settings")).main
    page = await send(browser, "/settings/email", email="countess@example.org", current_password=PASSWORD)
    assert "You have not confirmed this address yet." in page.main
    _, second = await letters(smtp, 2)
    assert second["To"] == "countess@example.org"
    await send(browser, link(second))
    assert "You have confirmed this address." in (await get(browser, "/settings")).main


async def test_a_link_to_a_former_address_confirms_nothing(app: Quart, ada: Person, smtp: MailServer):
    browser = await signed_in(app, ada)
    await send(browser, "/settings/email/confirm")
    (letter,) = await letters(smtp, 1)
    await send(browser, "/settings/email", email="countess@example.org", current_password=PASSWORD)
    assert (await get(browser, link(letter))).status == 404
    assert (await send(browser, link(letter))).status == 404


async def test_no_secret_is_kept(client: Client, smtp: MailServer, database_url: str):
    await send(client, "/auth/register", **NEWCOMER)
    (letter,) = await letters(smtp, 1)
    secret = link(letter).rsplit("/", 1)[1]
    kept = sql.everything(database_url)
    assert secret not in str(kept)
    assert secret.encode() not in str(kept).encode()
