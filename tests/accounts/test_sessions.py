"""Sessions are rows: a cookie is worth nothing once its row is gone, wherever it has been copied to."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
import time_machine
from quart import Quart
from sqlalchemy import func, select

from blogapp.accounts import service
from blogapp.accounts.models import Session
from blogapp.accounts.secrets import digest, new_secret
from tests.accounts import make
from tests.people import PASSWORD, Client, Person, bearer, resources, signed_in
from tests.serving import serving

DAY = timedelta(days=1)
PRODUCTION = {
    "blogapp_env": "production",
    "secret_key": secrets.token_hex(),
    "allowed_hosts": "localhost",
    "site_url": "https://localhost",
}


def morsel(answer: Any, name: str) -> Morsel[str]:
    """The cookie of that name as the answer sets it."""
    for line in answer.headers.getlist("Set-Cookie"):
        if name in (cookie := SimpleCookie(line)):
            return cookie[name]
    raise AssertionError(f"no cookie {name}")


async def login(app: Quart, person: Person, **asked: str) -> Morsel[str]:
    answer = await app.test_client().post("/auth/login", form=person.login | asked, scheme="https")
    return morsel(answer, "__Host-blogapp_auth" if resources(app).settings.is_production else "blogapp_auth")


async def is_signed_in(app: Quart, cookie: Morsel[str]) -> bool:
    """Asked by both doors, which agree."""
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": f"{cookie.key}={cookie.value}"}
    page = await client.get("/dashboard", headers=headers)
    call = await client.get("/api/tokens", headers=headers)
    assert (page.status_code, call.status_code) in {(200, 200), (303, 401)}
    return page.status_code == 200


async def test_the_cookie_is_not_what_is_kept(app: Quart, ada: Person):
    cookie = await login(app, ada)
    async with resources(app).db.transaction() as session:
        [kept] = await session.scalars(select(Session.id))
    assert kept not in cookie.value
    for guess in (kept, secrets.token_urlsafe(32)):
        forged = Morsel()
        forged.set("blogapp_auth", guess, guess)
        assert not await is_signed_in(app, forged)


async def test_a_changed_cookie_is_worth_nothing(app: Quart, ada: Person):
    cookie = await login(app, ada)
    for place in range(0, len(cookie.value), 9):
        changed = Morsel()
        letter = "A" if cookie.value[place] != "A" else "B"
        value = cookie.value[:place] + letter + cookie.value[place + 1 :]
        changed.set("blogapp_auth", value, value)
        if value.rstrip("=") != cookie.value.rstrip("="):
            signed = await is_signed_in(app, changed)
            assert not signed or place == len(cookie.value) - 1
    assert await is_signed_in(app, cookie)


async def test_every_login_has_a_session_of_its_own(app: Quart, ada: Person):
    first, second = await login(app, ada), await login(app, ada)
    assert first.value != second.value
    async with resources(app).db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Session)) == 2


async def test_a_cookie_from_before_the_login_is_not_taken_over(app: Quart, ada: Person):
    """Session fixation: somebody else put it into the browser."""
    browser = app.test_client()
    planted = "planted-by-somebody"
    browser.set_cookie("localhost", "blogapp_auth", planted)
    answer = await browser.post("/auth/login", form=ada.login)
    assert planted not in morsel(answer, "blogapp_auth").value


async def _log_out(app: Quart, cookie: Morsel[str]) -> None:
    browser = app.test_client()
    browser.set_cookie("localhost", cookie.key, cookie.value)
    assert (await browser.post("/auth/logout")).status_code == 303


async def _change_password(app: Quart, cookie: Morsel[str]) -> None:
    browser = app.test_client()
    browser.set_cookie("localhost", cookie.key, cookie.value)
    new = "a much better password"
    form = {"current_password": PASSWORD, "new_password": new, "confirm_password": new}
    assert (await browser.post("/settings/password", form=form)).status_code == 303


async def _delete(app: Quart, cookie: Morsel[str]) -> None:
    browser = app.test_client()
    browser.set_cookie("localhost", cookie.key, cookie.value)
    form = {"username": "ada", "current_password": PASSWORD}
    assert (await browser.post("/settings/delete", form=form)).status_code == 303


async def _suspend(app: Quart, _: Morsel[str]) -> None:
    async with resources(app).db.transaction() as session:
        await service.suspend(session, await service.find(session, "ada"))


@pytest.mark.parametrize("end", [_log_out, _change_password, _delete, _suspend])
async def test_a_copied_cookie_dies_at_once_and_everywhere(
    database_url: str, end: Callable[[Quart, Morsel[str]], Awaitable[None]]
):
    """In the process where it happened, and in another one; so do tokens, but for logging out."""
    async with serving(database_url) as app, serving(database_url) as other:
        ada = await make.user(app, "ada")
        cookie, token = await login(app, ada), await bearer(app, ada)
        assert await is_signed_in(other, cookie)
        await end(app, cookie)
        assert not await is_signed_in(app, cookie)
        assert not await is_signed_in(other, cookie)
        call = await other.test_client().get("/api/tokens", headers=token)
        assert call.status_code == (200 if end is _log_out else 401)


async def test_the_next_account_gets_nothing_of_a_deleted_one(app: Quart, ada: Person):
    cookie = await login(app, ada)
    await _delete(app, cookie)
    newcomer = {"username": "ada", "email": ada.email, "password": PASSWORD, "confirm_password": PASSWORD}
    assert (await app.test_client().post("/auth/register", form=newcomer)).status_code == 303
    assert not await is_signed_in(app, cookie)


@pytest.mark.parametrize(
    ("asked", "life"), [({}, 7 * DAY), ({"remember_me": "on"}, 30 * DAY)], ids=["not", "remembered"]
)
async def test_a_session_ends_by_itself(app: Quart, ada: Person, asked: dict[str, str], life: timedelta):
    """Also when it was used all the time."""
    start = datetime(2030, 1, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        cookie = await login(app, ada, **asked)
        for moment in (DAY, life - timedelta(minutes=1)):
            clock.move_to(start + moment)
            assert await is_signed_in(app, cookie)
        clock.move_to(start + life + timedelta(minutes=1))
        assert not await is_signed_in(app, cookie)


async def test_expired_sessions_go_with_the_next_login(app: Quart, ada: Person, grace: Person):
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False) as clock:
        await login(app, ada)
        await login(app, grace)
        clock.move_to(datetime(2031, 1, 1, tzinfo=UTC))
        cookie = await login(app, ada)
        async with resources(app).db.transaction() as session:
            mine = (await session.scalars(select(Session.id).where(Session.user_id == ada.id))).all()
        assert len(mine) == 1
        assert await is_signed_in(app, cookie)


async def test_a_token_ends_by_itself(app: Quart, ada: Person):
    start = datetime(2030, 1, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        made = await app.test_client().post(
            "/api/tokens", json={"email": ada.email, "password": PASSWORD, "expires_in_days": 2}
        )
        headers = {"Authorization": f"Bearer {(await made.get_json())['token']}"}
        clock.move_to(start + 2 * DAY - timedelta(minutes=1))
        assert (await app.test_client().get("/api/tokens", headers=headers)).status_code == 200
        clock.move_to(start + 2 * DAY + timedelta(minutes=1))
        assert (await app.test_client().get("/api/tokens", headers=headers)).status_code == 401


async def test_keys_are_rotated_without_signing_anybody_out(database_url: str):
    old, new = secrets.token_hex(), secrets.token_hex()
    async with serving(database_url, secret_key=old) as app:
        ada = await make.user(app, "ada")
        cookie = await login(app, ada)
    async with serving(database_url, secret_key=new, secret_key_fallbacks=old) as app:
        assert await is_signed_in(app, cookie)
        fresh = await login(app, ada)
    async with serving(database_url, secret_key=new) as app:
        assert not await is_signed_in(app, cookie)
        assert await is_signed_in(app, fresh)


@pytest.mark.parametrize("settings", [PRODUCTION])
@pytest.mark.parametrize("remembered", [False, True])
async def test_cookies_of_production(app: Quart, ada: Person, remembered: bool):
    cookie = await login(app, ada, **({"remember_me": "on"} if remembered else {}))
    assert cookie.key.startswith("__Host-")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert bool(cookie["max-age"] or cookie["expires"]) is remembered
    goodbye = await app.test_client().post("/auth/logout", scheme="https")
    messages = morsel(goodbye, "__Host-blogapp_session")
    assert messages["secure"]
    assert messages["httponly"]
    assert messages["samesite"] == "Lax"
    assert messages["path"] == "/"


async def test_cookies_of_development_work_over_plain_http(app: Quart, ada: Person):
    cookie = await login(app, ada, remember_me="on")
    assert cookie.key == "blogapp_auth"
    assert not cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 30 * 24 * 3600


async def test_readers_get_no_cookie_and_pages_of_people_are_not_shared(app: Quart, client: Client, ada: Person):
    for path in ("/", "/api/posts", "/auth/login", "/nothing"):
        assert "Set-Cookie" not in (await client.get(path)).headers
    page = await (await signed_in(app, ada)).get("/dashboard")
    assert "Cookie" in page.headers["Vary"]
    assert page.headers["Cache-Control"] in {"no-cache", "no-store", "private, no-cache"}


def test_a_session_has_256_random_bits():
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {43}
    assert digest("a") != digest("b")
