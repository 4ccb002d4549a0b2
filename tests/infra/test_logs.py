"""The log: one line for each event, with nobody's secret in it."""

from __future__ import annotations

import io
import json
import logging
import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from quart import Quart
from quart_auth import current_user
from sqlalchemy import select

from blogapp.accounts import queries
from blogapp.accounts.models import Session, Token, User
from blogapp.infra import logs
from tests.people import PASSWORD, Person, resources
from tests.posts import make

WRONG = "hunter-two-was-here"
NEW = "brand-new-passphrase"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"log_level": "debug", "log_format": "json"}


@pytest.fixture
def written(app: Quart) -> io.StringIO:
    """What the application writes to standard error."""
    stream = io.StringIO()
    [ours] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    ours.setStream(stream)
    return stream


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


async def test_no_secret_is_ever_logged(app: Quart, ada: Person, root: Person, written: io.StringIO, lines: Lines):
    """Through every journey that has one, those that fail and those that break, at the most talkative level."""
    secrets = {PASSWORD, WRONG, NEW}

    @app.get("/broken")
    async def broken() -> str:
        secret = current_user.auth_id
        secrets.add(str(secret))
        raise RuntimeError("something broke")

    browser = app.test_client()
    newcomer = {"username": "mary", "email": "mary@example.org", "password": NEW, "confirm_password": NEW}
    await browser.post("/auth/register", form=newcomer | {"confirm_password": WRONG})
    await browser.post("/auth/register", form=newcomer)
    await browser.post("/auth/register", form=newcomer)
    await browser.post("/auth/login", form={"email": ada.email, "password": WRONG})
    signed = await browser.post("/auth/login?next=/dashboard", form=ada.login)
    secrets.add(signed.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
    made = await browser.post("/api/tokens", json={"email": ada.email, "password": PASSWORD})
    token = (await made.get_json())["token"]
    secrets.add(token)
    bearer = {"Authorization": f"Bearer {token}"}
    await browser.get("/api/tokens", headers=bearer)
    await browser.get("/api/tokens", headers={"Authorization": f"Bearer {WRONG}"})
    await browser.post("/settings/tokens", form={"name": "my script"})
    await browser.post("/settings/email", form={"email": "new@example.org", "current_password": WRONG})
    await browser.post("/api/tokens", data=b"{" + WRONG.encode())
    await browser.get("/broken", headers=bearer)
    async with resources(app).db.transaction() as session:
        for column in (User.password_hash, Session.id, Token.digest):
            secrets |= set(await session.scalars(select(column)))
    change = {"current_password": PASSWORD, "new_password": NEW, "confirm_password": NEW}
    assert (await browser.post("/settings/password", form=change)).status_code == 303
    assert [line["event"] for line in lines() if line["level"] == "error"] == ["broken"]
    assert len(lines()) > 20
    assert len(secrets) > 10
    log = written.getvalue()
    assert [secret for secret in secrets if secret in log] == []


async def test_an_error_of_the_database_holds_no_values(
    app: Quart, ada: Person, lines: Lines, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
):
    async def broken(database: Any, email: str) -> None:
        statement = queries._CREDENTIALS.where(User.id == "not a number" + email)
        await database.rows(statement, email=email)
        await database.rows(select(Session.id + 1).where(Session.id == "secret digest"))

    monkeypatch.setattr(queries, "credentials", broken)
    answer = await app.test_client().post("/auth/login", form={"email": "private@example.org", "password": PASSWORD})
    assert answer.status_code in {401, 500}
    assert "private@example.org" not in written.getvalue()
    assert "secret digest" not in written.getvalue()


async def test_every_request_is_one_line(app: Quart, lines: Lines, ada: Person):
    client = app.test_client()
    await client.get("/?page=1&token=of-somebody", headers={"X-Request-ID": "from-nginx.1", "User-Agent": "Lynx"})
    await client.get("/nothing")
    await client.post("/api/posts", json={})
    await client.get("/livez")
    await client.get("/readyz")
    access = [line for line in lines() if line["logger"] == "blogapp.access"]
    assert [(line["method"], line["path"], line["status"]) for line in access] == [
        ("GET", "/", 200),
        ("GET", "/nothing", 404),
        ("POST", "/api/posts", 401),
    ]
    assert access[0]["request_id"] == "from-nginx.1"
    assert access[0]["user_agent"] == "Lynx"
    assert access[0]["bytes"] > 0
    assert all(line["ms"] >= 0 for line in access)
    assert "of-somebody" not in str(lines())


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "a\nb", "ä", '"', "a;b"])
async def test_a_request_is_named_by_us_where_its_own_name_is_not_safe(app: Quart, lines: Lines, given: str):
    answer = await app.test_client().get("/nothing", headers={"X-Request-ID": given} if given.isprintable() else {})
    [name] = answer.headers.getlist("X-Request-ID")
    assert re.fullmatch("[0-9a-f]{16}", name)
    assert {line["request_id"] for line in lines()} == {name}


async def test_a_problem_and_a_page_name_the_request(app: Quart):
    headers = {"X-Request-ID": "asked-by-me"}
    problem = await (await app.test_client().get("/api/nothing", headers=headers)).get_json()
    assert problem["request_id"] == "asked-by-me"

    @app.get("/broken")
    async def broken() -> str:
        raise RuntimeError("something broke")

    page = await app.test_client().get("/broken", headers=headers)
    assert page.status_code == 500
    assert "asked-by-me" in await page.get_data(as_text=True)
    assert "something broke" not in await page.get_data(as_text=True)


async def test_what_broke_is_logged_once_with_where_and_without_values(app: Quart, lines: Lines, written: io.StringIO):
    @app.get("/broken")
    async def broken() -> str:
        password = "local-value"
        raise RuntimeError("something broke" + password[:0])

    await app.test_client().get("/broken?q=of-somebody")
    [line] = [line for line in lines() if line["level"] == "error"]
    assert line["path"] == "/broken"
    trace = str(line["exception"])
    assert "RuntimeError" in trace
    assert "test_logs.py" in trace
    assert "local-value" not in written.getvalue()
    assert "of-somebody" not in written.getvalue()


async def test_acts_that_matter_are_audited(app: Quart, lines: Lines, ada: Person, root: Person):
    browser, admin = app.test_client(), app.test_client()
    await browser.post("/auth/login", form={"email": ada.email, "password": WRONG})
    await browser.post("/auth/login", form=ada.login)
    await admin.post("/auth/login", form=root.login)
    post = await make.post(app, ada)
    await browser.post(f"/posts/{post.id}/delete")
    other = await make.post(app, ada)
    await admin.patch(f"/api/posts/{other.id}", json={"title": "Put right"})
    await admin.patch(f"/api/users/{ada.id}", json={"is_admin": True})
    await browser.post("/auth/logout")
    await admin.delete(f"/api/users/{ada.id}")
    audit = [
        (line["event"], line.get("user_id"), line.get("by")) for line in lines() if line["logger"] == "blogapp.audit"
    ]
    assert [line for line in audit if line[0] != "account changed"] == [
        ("sign-in refused", None, None),
        ("signed in", ada.id, None),
        ("signed in", root.id, None),
        ("post deleted", None, ada.id),
        ("post changed", None, root.id),
        ("promoted", ada.id, root.id),
        ("signed out", ada.id, None),
        ("account deleted", ada.id, root.id),
    ]


async def test_an_act_that_failed_is_not_audited(app: Quart, lines: Lines, ada: Person):
    form = {"username": "ada", "email": "other@example.org", "password": NEW, "confirm_password": NEW}
    assert (await app.test_client().post("/auth/register", form=form)).status_code == 409
    assert [line for line in lines() if line["logger"] == "blogapp.audit"] == []


@pytest.mark.parametrize("settings", [{"log_format": "console"}])
async def test_strangers_write_no_lines_of_their_own_and_colour_no_terminal(app: Quart, written: io.StringIO):
    await app.test_client().get("/nothing%0a%1b[31m2030-01-01T00:00:00Z%20[error]%20evil%0d%c2%9b%e2%80%a8x")
    await app.test_client().get("/nothing%1b[31mevil")
    log = written.getvalue()
    assert "evil" in log
    assert "\x1b" not in log
    assert "\x9b" not in log
    assert len(log.splitlines()) == log.count("\n")
    ours = [line for line in log.splitlines() if "event loop late" not in line]  # said of a machine that is busy
    assert len(ours) == 4


def test_what_is_no_utf_8_is_logged_all_the_same(capsys: pytest.CaptureFixture[str]):
    logs.configure("info", as_json=True)
    structlog.get_logger("tests").info("found", path="a\udcffb\nc")
    assert json.loads(capsys.readouterr().err)["path"] == "a\udcffb\nc"


def test_warnings_of_libraries_are_lines_too(capsys: pytest.CaptureFixture[str]):
    logs.configure("info", as_json=True)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logs.configure("info", as_json=True)
        warnings.warn("mind the gap", stacklevel=1)
    assert "mind the gap" in json.loads(capsys.readouterr().err)["event"]
