"""Signing in: known and unknown addresses are told the same, and what changed meanwhile counts."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from quart import Quart

from blogapp.accounts import access, passwords, service
from tests.accounts import make
from tests.people import PASSWORD, Client, Person, resources, signed_in

WRONG = "not the password"


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The hashes a password was checked against; None stands for nobody's."""
    asked: list[str | None] = []
    verify = passwords.verify

    def count(settings: Any, password: str, kept: str | None) -> Any:
        asked.append(kept)
        return verify(settings, password, kept)

    monkeypatch.setattr(passwords, "verify", count)
    return asked


async def knock(client: Client, door: str, email: str, password: str) -> Any:
    if door == "form":
        return await client.post("/auth/login", form={"email": email, "password": password})
    return await client.post("/api/tokens", json={"email": email, "password": password})


@pytest.mark.parametrize("door", ["form", "json"])
async def test_known_and_unknown_addresses_are_told_the_same(
    app: Quart, ada: Person, door: str, verifications: list[str | None]
):
    said = []
    for email in (ada.email, "eda@example.org"):
        answer = await knock(app.test_client(), door, email, WRONG)
        whole = f"{answer.status_code} {sorted(answer.headers.items())} {await answer.get_data(as_text=True)}"
        said.append(whole.replace(email, "…").replace(answer.headers["X-Request-ID"], "…"))
    assert said[0] == said[1]
    assert said[0].startswith("401")
    assert len(verifications) == 2
    assert (verifications[0] is None) < (verifications[1] is None)


@pytest.mark.parametrize("door", ["form", "json"])
@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_login": "2/hour"}])
async def test_known_and_unknown_addresses_run_out_of_tries_alike(app: Quart, ada: Person, door: str):
    for email in (ada.email, "eda@example.org"):
        statuses = [(await knock(app.test_client(), door, email, WRONG)).status_code for _ in range(3)]
        assert statuses == [401, 401, 429]


@pytest.mark.parametrize("door", ["form", "json"])
async def test_a_suspended_account_is_told_so_only_with_its_password(app: Quart, ada: Person, door: str):
    async with resources(app).db.transaction() as session:
        await service.suspend(session, await service.find(session, "ada"))
    wrong, right = [await knock(app.test_client(), door, ada.email, word) for word in (WRONG, PASSWORD)]
    assert wrong.status_code == right.status_code == 401
    assert "suspended" not in await wrong.get_data(as_text=True)
    assert "suspended" in await right.get_data(as_text=True)
    assert "Set-Cookie" not in right.headers


async def _set_password(app: Quart) -> None:
    async with resources(app).db.transaction() as session:
        await service.set_password(session, await service.find(session, "ada"), "another hash")


async def _suspend(app: Quart) -> None:
    async with resources(app).db.transaction() as session:
        await service.suspend(session, await service.find(session, "ada"))


async def _delete(app: Quart) -> None:
    async with resources(app).db.transaction() as session:
        await session.delete(await service.find(session, "ada"))


@pytest.mark.parametrize("door", ["form", "json"])
@pytest.mark.parametrize("change", [_set_password, _suspend, _delete])
async def test_what_changes_while_the_password_is_checked_counts(
    app: Quart, ada: Person, door: str, change: Any, monkeypatch: pytest.MonkeyPatch
):
    """Or the session and the token would outlive the act that was to end them."""
    act = "sign_in" if door == "form" else "confirm_password"
    late = getattr(access, act)

    async def changed_before(session: Any, *given: Any, **named: Any) -> Any:
        await session.rollback()
        await change(app)
        async with resources(app).db.transaction() as later:
            return await late(later, *given, **named)

    monkeypatch.setattr(access, act, changed_before)
    answer = await knock(app.test_client(), door, ada.email, PASSWORD)
    assert answer.status_code == 401
    assert "blogapp_auth" not in answer.headers.get("Set-Cookie", "")


async def test_an_outdated_hash_is_replaced_by_signing_in(app: Quart, ada: Person):
    kept = passwords.make_hash(resources(app).settings.model_copy(update={"hash_memory": 16384}), PASSWORD)
    async with resources(app).db.transaction() as session:
        (await service.find(session, "ada")).password_hash = kept
    await signed_in(app, ada)
    async with resources(app).db.transaction() as session:
        now = (await service.find(session, "ada")).password_hash
    assert now.startswith("$argon2id$v=19$m=8192,")


@pytest.mark.parametrize("settings", [{"hash_threads": 1, "hash_queue": 2}])
async def test_more_than_the_queue_holds_is_told_to_come_back(app: Quart, ada: Person):
    """And nothing else waits for passwords meanwhile."""
    tries = [asyncio.create_task(knock(app.test_client(), "form", ada.email, PASSWORD)) for _ in range(20)]
    done, others = False, 0
    while not done:
        assert (await app.test_client().get("/livez")).status_code == 200
        others += 1
        done = all(one.done() for one in tries)
    answers = [one.result() for one in tries]
    assert {answer.status_code for answer in answers} == {303, 503}
    assert sum(answer.status_code == 303 for answer in answers) >= 3
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert int(refused.headers["Retry-After"]) > 0
    assert others > 3
    assert (await knock(app.test_client(), "form", ada.email, PASSWORD)).status_code == 303


async def test_of_twenty_registrations_of_one_name_one_succeeds(app: Quart):
    """Each e-mail address differs, and the case of the name does; the database's index decides."""
    forms = [
        {
            "username": "mary" if number % 2 else "MARY",
            "email": f"mary{number}@example.org",
            "password": PASSWORD,
            "confirm_password": PASSWORD,
        }
        for number in range(16)
    ]
    answers = await asyncio.gather(*(app.test_client().post("/auth/register", form=form) for form in forms))
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 15
    for answer in answers:
        if answer.status_code == 409:
            assert "Username already taken" in await answer.get_data(as_text=True)


async def test_of_accounts_made_at_once_with_one_address_one_succeeds(app: Quart, root: Person):
    admin = await signed_in(app, root)
    asked = [{"username": f"mary{n}", "email": "Mary@example.org", "password": PASSWORD} for n in range(12)]
    answers = await asyncio.gather(*(admin.post("/api/users", json=one) for one in asked))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    refused = [await answer.get_json() for answer in answers if answer.status_code == 409]
    assert {problem["errors"][0]["field"] for problem in refused} == {"email"}


async def test_two_that_take_each_others_name_at_once_are_refused_not_broken(app: Quart, ada: Person, root: Person):
    grace = await make.user(app, "grace")
    admin = await signed_in(app, root)
    answers = await asyncio.gather(
        admin.patch(f"/api/users/{ada.id}", json={"username": "grace"}),
        admin.patch(f"/api/users/{grace.id}", json={"username": "ada"}),
    )
    assert [answer.status_code for answer in answers] == [409, 409]


@pytest.mark.parametrize("door", ["form", "json"])
@pytest.mark.parametrize("spelling", ["b@M\u00dcNCHEN.de", "b@xn--mnchen-3ya.de", "B@m\u00fcnchen.de"])
async def test_any_spelling_of_an_address_signs_in(app: Quart, door: str, spelling: str):
    await make.user(app, "bea", email="b@m\u00fcnchen.de")
    assert (await knock(app.test_client(), door, spelling, PASSWORD)).status_code in {201, 303}


@pytest.mark.parametrize("settings", [{"rate_limits": "on", "limit_login": "2/hour"}])
async def test_strangers_tries_do_not_keep_the_owner_from_changing_the_password(app: Quart, ada: Person):
    owner = await signed_in(app, ada)
    for _ in range(4):
        refused = await knock(app.test_client(), "form", ada.email, WRONG)
    assert refused.status_code == 429
    new = "another long pass phrase"
    form = {"current_password": PASSWORD, "new_password": new, "confirm_password": new}
    assert (await owner.post("/settings/password", form=form)).status_code == 303
