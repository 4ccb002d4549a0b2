"""Registering, as people at a browser see it."""

from __future__ import annotations

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.accounts.models import User
from blogapp.accounts.service import USERNAME_ALIKE
from tests.accounts.stored import names
from tests.people import PASSWORD, Client, Person, bearer, resources
from tests.reading import get, send

NEWCOMER = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}


async def test_registering_leads_to_the_login_with_the_address_filled_in(client: Client):
    page = await send(client, "/auth/register", **NEWCOMER)
    assert page.path == "/auth/login"
    assert page.notices == [("success", "Account created! Please log in.")]
    assert page.value("email") == "mary@example.org"
    again = await get(client, "/auth/login")
    assert again.notices == []
    assert again.value("email") == ""


async def test_registering_signs_nobody_in(client: Client):
    await send(client, "/auth/register", **NEWCOMER)
    assert (await get(client, "/dashboard")).path == "/auth/login?next=/dashboard"


async def test_the_new_account_can_log_in_and_write(client: Client):
    await send(client, "/auth/register", **NEWCOMER)
    page = await send(client, "/auth/login", email=NEWCOMER["email"], password=PASSWORD)
    assert page.path == "/"
    assert "Write" in page.links
    assert "Log out" in page.actions()


async def test_a_taken_name_is_said_beside_the_field_and_the_rest_stays_filled(app: Quart, client: Client, ada: Person):
    page = await send(client, "/auth/register", **(NEWCOMER | {"username": "ADA"}))
    assert page.status == 409
    assert page.error("username") == "Username already taken"
    assert page.value("username") == "ADA"
    assert page.value("email") == "mary@example.org"
    assert page.value("password") == page.value("confirm_password") == ""
    assert await names(app) == ["ada"]


@pytest.mark.parametrize("name", ["R00T", "ro0t", "rnary_l", "MARY_I"])
async def test_a_name_that_is_read_as_another_is_not_given_away(app: Quart, client: Client, root: Person, name: str):
    await send(client, "/auth/register", **(NEWCOMER | {"username": "mary_1"}))
    page = await send(client, "/auth/register", **(NEWCOMER | {"username": name, "email": "other@example.org"}))
    assert (page.status, page.error("username")) == (409, USERNAME_ALIKE)
    assert await names(app) == ["root", "mary_1"]


async def test_nobody_takes_a_name_like_anothers_later_but_their_own_otherwise(app: Quart, root: Person, ada: Person):
    client, headers = app.test_client(), await bearer(app, ada)
    refused = await client.patch(f"/api/users/{ada.id}", json={"username": "r0ot"}, headers=headers)
    assert (refused.status_code, (await refused.get_json())["errors"][0]["rule"]) == (409, "taken")
    for name in ("ada-1", "ada_l"):
        assert (await client.patch(f"/api/users/{ada.id}", json={"username": name}, headers=headers)).status_code == 200


async def test_a_taken_address_is_said_beside_the_field(app: Quart, client: Client, ada: Person):
    page = await send(client, "/auth/register", **(NEWCOMER | {"email": "Ada@Example.org"}))
    assert page.status == 409
    assert page.error("email") == "This e-mail address already has an account"
    assert await names(app) == ["ada"]


REFUSED = [
    ("username", "", "Please fill this in."),
    ("username", "al", "Use at least 3 characters."),
    ("username", "a" * 21, "Use at most 20 characters."),
    ("username", "a b c", "Use only the letters A to Z, digits, _ and -."),
    ("username", "\u0430da", "Use only the letters A to Z, digits, _ and -."),
    ("email", "mary", "This is not a complete e-mail address."),
    ("email", "mary@localhost", "This is not a complete e-mail address."),
    ("email", "", "Please fill this in."),
    ("password", "short", "Use at least 8 characters."),
    ("password", "x" * 129, "Use at most 128 characters."),
    ("password", "password1", "This is one of the commonest passwords. Choose another."),
    ("confirm_password", PASSWORD + " ", "Passwords must match"),
    ("confirm_password", "", "Please fill this in."),
]


async def test_each_refusal_stands_beside_its_field(app: Quart, client: Client, subtests: pytest.Subtests):
    for field, typed, message in REFUSED:
        with subtests.test(field=field, typed=typed):
            page = await send(client, "/auth/register", **(NEWCOMER | {field: typed}))
            assert page.status == 422
            assert page.error(field) == message
            assert message in page.summary
            assert PASSWORD not in page.text
    assert await names(app) == []


async def test_all_refusals_are_said_at_once(client: Client):
    page = await send(client, "/auth/register", username="a!", email="x", password="y", confirm_password="z")
    assert all(page.error(field) for field in ("username", "email", "password"))


async def test_a_password_is_neither_trimmed_nor_cut(client: Client):
    secret = "  " + "\U0001f419" * 100 + " ends in spaces  "
    await send(client, "/auth/register", **(NEWCOMER | {"password": secret, "confirm_password": secret}))
    assert (await send(client, "/auth/login", email="mary@example.org", password=secret.strip())).status == 401
    assert (await send(client, "/auth/login", email="mary@example.org", password=secret)).path == "/"


async def test_browsers_are_not_told_to_cut_a_pasted_password(client: Client):
    page = await get(client, "/auth/register")
    assert "maxlength" not in page.by_id("password").attrib
    assert page.by_id("password").attrib["minlength"] == "8"
    assert page.by_id("username").attrib["maxlength"] == "20"


async def test_nobody_can_register_as_an_administrator(app: Quart, client: Client):
    await send(client, "/auth/register", **NEWCOMER, is_admin="true", id="1")
    async with resources(app).db.transaction() as session:
        user = await session.scalar(select(User))
    assert user is not None
    assert not user.is_admin


@pytest.mark.parametrize("settings", [{"registration": "closed"}, {"registration": "invite"}])
async def test_closed_registration_says_so_and_makes_no_account(app: Quart, client: Client):
    page = await get(client, "/auth/register")
    assert page.h1 == "Registration is closed"
    page = await send(client, "/auth/register", **NEWCOMER)
    assert page.status == 403
    assert page.h1 == "Registration is closed"
    assert await names(app) == []
    assert "Register" not in page.links
    assert "Create an account" not in (await get(client, "/auth/login")).links


async def test_what_was_asked_for_survives_the_registration(client: Client):
    page = await get(client, "/posts/new")
    page = await get(client, page.links["Create an account"])
    page = await send(client, page.actions()["Create my account"], **(NEWCOMER | {"username": "!"}))
    page = await send(client, page.actions()["Create my account"], **NEWCOMER)
    page = await send(client, page.actions()["Log in"], email=page.value("email"), password=PASSWORD)
    assert page.path == "/posts/new"


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_register": "1/minute"}])
async def test_registrations_from_one_address_are_limited_but_typing_errors_are_not(app: Quart, client: Client):
    for _ in range(3):
        assert (await send(client, "/auth/register", **(NEWCOMER | {"username": "!"}))).status == 422
    assert (await send(client, "/auth/register", **NEWCOMER)).path == "/auth/login"
    second = NEWCOMER | {"username": "joan", "email": "joan@example.org"}
    assert (await send(app.test_client(), "/auth/register", **second)).status == 429


async def test_an_address_that_grows_when_written_out_is_refused(app: Quart, client: Client):
    """Each of these letters stands for three: 93 characters become 253."""
    grown = "a@" + ".".join(["\ufb03" * 10] * 8) + ".org"
    response = await client.post("/auth/register", form=NEWCOMER | {"email": grown})
    assert response.status_code == 422
    assert await names(app) == []
