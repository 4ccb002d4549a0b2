"""Personal access tokens: made, shown once, used, revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from quart import Quart

from blogapp.accounts import access, service
from blogapp.accounts.models import SEEN_EVERY
from blogapp.errors import Unauthenticated
from tests.people import PASSWORD, Client, Person, bearer, resources, signed_in, token
from tests.refusals import refusal


async def test_a_password_makes_a_token_that_works(app: Quart, client: Client, ada: Person):
    response = await client.post("/api/tokens", json=ada.login)
    made = await response.get_json()
    assert response.status_code == 201
    assert made["token"].startswith("blog_pat_")
    assert (made["token_type"], made["name"], made["expires_at"]) == ("Bearer", "API", None)
    shown = await client.get(f"/api/users/{ada.id}", headers={"Authorization": f"Bearer {made['token']}"})
    assert (await shown.get_json())["email"] == ada.email


async def test_a_token_is_shown_once(app: Quart, client: Client, ada: Person):
    response = await client.post("/api/tokens", json=ada.login | {"name": "backup"})
    made = await response.get_json()
    assert response.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {made['token']}"}
    listed = await (await client.get("/api/tokens", headers=headers)).get_json()
    [kept] = listed["tokens"]
    assert (kept["id"], kept["name"], kept["hint"]) == (made["id"], "backup", made["token"][-4:])
    assert made["token"] not in str(listed)


async def test_a_session_makes_a_token_without_a_body(app: Quart, ada: Person):
    browser = await signed_in(app, ada)
    response = await browser.post("/api/tokens")
    assert response.status_code == 201
    assert (await response.get_json())["name"] == "API"


async def test_a_token_makes_no_tokens(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    await refusal(await client.post("/api/tokens", headers=headers), 403)
    await refusal(await client.post("/api/tokens", json={"name": "more"}, headers=headers), 403)
    assert len((await (await client.get("/api/tokens", headers=headers)).get_json())["tokens"]) == 1


async def test_nobody_makes_no_token(client: Client):
    await refusal(await client.post("/api/tokens"), 401)
    await refusal(await client.post("/api/tokens", json={}), 401)


async def test_a_wrong_password_and_an_unknown_address_are_told_the_same(client: Client, ada: Person):
    wrong = await refusal(await client.post("/api/tokens", json={"email": ada.email, "password": "wrong"}), 401)
    unknown = await refusal(
        await client.post("/api/tokens", json={"email": "no@example.org", "password": "wrong"}), 401
    )
    assert wrong["detail"] == unknown["detail"]


async def test_an_address_needs_its_password_and_the_other_way_round(app: Quart, client: Client, ada: Person):
    await refusal(await client.post("/api/tokens", json={"email": ada.email}), 422, "password")
    await refusal(await client.post("/api/tokens", json={"password": PASSWORD}), 422, "email")
    browser = await signed_in(app, ada)
    await refusal(await browser.post("/api/tokens", json={"email": ada.email}), 422, "password")


async def test_a_token_is_asked_for_by_the_rules(client: Client, ada: Person):
    for field, value, rule in [
        ("name", "", "too_short"),
        ("name", "   ", "too_short"),
        ("name", "n" * 81, "too_long"),
        ("name", "a\x00b", "value_error"),
        ("expires_in_days", 0, "greater_than_equal"),
        ("expires_in_days", 3651, "less_than_equal"),
        ("expires_in_days", "5", "int_type"),
        ("expires_in_days", True, "int_type"),
        ("expires_in_days", 1.5, "int_type"),
        ("scope", "read", "extra_forbidden"),
    ]:
        problem = await refusal(await client.post("/api/tokens", json=ada.login | {field: value}), 422, field)
        assert problem["errors"][0]["rule"] == rule, (field, value)


async def test_a_token_ends_on_its_day(app: Quart, client: Client, ada: Person):
    made = await (await client.post("/api/tokens", json=ada.login | {"expires_in_days": 2})).get_json()
    expires_at = datetime.fromisoformat(made["expires_at"])
    assert timedelta(days=1, hours=23) < expires_at - datetime.now(UTC) <= timedelta(days=2)
    headers = {"Authorization": f"Bearer {made['token']}"}
    with time_machine.travel(expires_at - timedelta(seconds=1)):
        assert (await client.get("/api/tokens", headers=headers)).status_code == 200
    with time_machine.travel(expires_at):
        await refusal(await client.get("/api/tokens", headers=headers), 401)


async def test_a_revoked_token_is_refused_at_once(app: Quart, client: Client, ada: Person):
    lasting, headers = await bearer(app, ada), await bearer(app, ada)
    mine = (await (await client.get("/api/tokens", headers=headers)).get_json())["tokens"][0]["id"]
    response = await client.delete(f"/api/tokens/{mine}", headers=headers)
    assert await response.get_json() == {"message": "Token revoked"}
    await refusal(await client.get("/api/tokens", headers=headers), 401)
    assert (await client.get("/api/tokens", headers=lasting)).status_code == 200


async def test_nobody_sees_or_revokes_the_tokens_of_another(app: Quart, client: Client, ada: Person, root: Person):
    headers = await bearer(app, ada)
    [mine] = (await (await client.get("/api/tokens", headers=headers)).get_json())["tokens"]
    others = await bearer(app, root)
    await refusal(await client.delete(f"/api/tokens/{mine['id']}"), 401)
    await refusal(await client.delete(f"/api/tokens/{mine['id']}", headers=others), 404)
    assert mine not in (await (await client.get("/api/tokens", headers=others)).get_json())["tokens"]
    await refusal(await client.get("/api/tokens"), 401)


async def test_its_last_use_is_kept(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    start = datetime.now(UTC)
    await client.get("/api/posts", headers=headers)
    [first] = (await (await client.get("/api/tokens", headers=headers)).get_json())["tokens"]
    with time_machine.travel(start + SEEN_EVERY + timedelta(minutes=1)):
        await client.get("/api/posts", headers=headers)
        [later] = (await (await client.get("/api/tokens", headers=headers)).get_json())["tokens"]
    assert start - timedelta(seconds=1) <= datetime.fromisoformat(first["last_used_at"])
    assert datetime.fromisoformat(later["last_used_at"]) - datetime.fromisoformat(first["last_used_at"]) > SEEN_EVERY


async def test_a_token_that_is_not_valid_is_refused_even_where_anyone_may_read(client: Client, ada: Person):
    for header in ("Bearer wrong", "Bearer ", "Bearer", "Basic YWRhOmE=", "", "Bearer blog_pat_ä", "Digest x"):
        response = await client.get("/api/posts", headers={"Authorization": header})
        await refusal(response, 401)
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'


async def test_the_scheme_may_be_in_any_case(app: Quart, client: Client, ada: Person):
    secret = await token(app, ada)
    assert (await client.get("/api/tokens", headers={"Authorization": f"bearer {secret}"})).status_code == 200


async def test_a_token_neither_sets_nor_needs_a_cookie(app: Quart, ada: Person, grace: Person):
    browser = await signed_in(app, grace)
    response = await browser.get("/api/users", headers=await bearer(app, ada))
    assert "Set-Cookie" not in response.headers
    shown = await (await browser.get(f"/api/users/{ada.id}", headers=await bearer(app, ada))).get_json()
    assert shown["email"] == ada.email


async def test_a_token_opens_no_pages(app: Quart, client: Client, ada: Person):
    response = await client.get("/dashboard", headers=await bearer(app, ada))
    assert response.status_code == 303


async def test_a_suspended_account_has_no_tokens(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    async with resources(app).db.transaction() as session:
        await service.suspend(session, await service.get(session, ada.id))
    await refusal(await client.get("/api/tokens", headers=headers), 401)
    await refusal(await client.post("/api/tokens", json=ada.login), 401)


async def test_a_changed_password_revokes_every_token(app: Quart, client: Client, ada: Person):
    headers = await bearer(app, ada)
    async with resources(app).db.transaction() as session:
        await service.set_password(session, await service.get(session, ada.id), "x")
    await refusal(await client.get("/api/tokens", headers=headers), 401)


async def test_an_account_that_went_meanwhile_gets_no_token(app: Quart):
    with pytest.raises(Unauthenticated):
        async with resources(app).db.transaction() as session:
            await access.make_token(session, 999, "late", None)


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_login": "3/minute"}])
async def test_guessing_passwords_is_limited_by_account(client: Client, ada: Person):
    for _ in range(3):
        await refusal(await client.post("/api/tokens", json={"email": ada.email, "password": "guess"}), 401)
    response = await client.post("/api/tokens", json=ada.login)
    await refusal(response, 429)
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert response.headers["RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_api": "3/minute"}])
async def test_guessing_tokens_is_limited_by_address(client: Client):
    for _ in range(3):
        await refusal(await client.get("/api/posts", headers={"Authorization": "Bearer guess"}), 401)
    await refusal(await client.get("/api/posts", headers={"Authorization": "Bearer guess"}), 429)
