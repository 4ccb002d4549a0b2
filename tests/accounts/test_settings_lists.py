"""Sessions and tokens on the settings page."""

from __future__ import annotations

from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.reading import Page, get, send, words

NEW_PASSWORD = "a calm grey harbour"


def rows_of(page: Page, section: str) -> list[str]:
    """The words of each row of a list in a section."""
    (found,) = (part for part in page.all("section") if part.get("aria-labelledby") == section)
    return [words(row) for row in found.iter("li")]


async def test_sessions_are_listed_with_the_one_at_hand_marked(app: Quart, browser: Client, ada: Person):
    await signed_in(app, ada)
    rows = rows_of(await get(browser, "/settings"), "sessions")
    assert len(rows) == 2
    assert sum("This device" in row for row in rows) == 1


async def test_ending_a_session_signs_that_browser_out(app: Quart, browser: Client, ada: Person):
    other = await signed_in(app, ada)
    page = await get(browser, "/settings")
    (end,) = (url for name, url in page.actions().items() if name.startswith("End:"))
    page = await send(browser, end)
    assert page.notices == [("success", "That session is ended.")]
    assert len(rows_of(page, "sessions")) == 1
    assert (await get(other, "/settings")).path == "/auth/login?next=/settings"


async def test_ending_all_other_sessions_keeps_the_one_at_hand(app: Quart, browser: Client, ada: Person):
    others = [await signed_in(app, ada) for _ in range(2)]
    page = await send(browser, (await get(browser, "/settings")).actions()["End all other sessions"])
    assert page.path == "/settings"
    assert len(rows_of(page, "sessions")) == 1
    assert "End all other sessions" not in page.actions()
    for other in others:
        assert (await get(other, "/settings")).path == "/auth/login?next=/settings"


async def test_nobody_ends_the_sessions_of_others(app: Quart, browser: Client, grace: Person):
    other = await signed_in(app, grace)
    await signed_in(app, grace)
    theirs = [url for name, url in (await get(other, "/settings")).actions().items() if name.startswith("End:")]
    page = await send(browser, theirs[0])
    assert page.status == 404
    assert len(rows_of(await get(other, "/settings"), "sessions")) == 2


async def test_a_token_is_shown_once_and_works(app: Quart, browser: Client, ada: Person):
    page = await send(browser, "/settings/tokens", name="backup script", expires_in_days="30")
    assert page.status == 201
    assert page.response.headers["Cache-Control"] == "no-store"
    (secret,) = (words(code) for code in page.all("code") if code.get("class") == "secret")
    answer = await app.test_client().get("/api/tokens", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    later = await get(browser, "/settings")
    assert secret not in later.text
    (row,) = rows_of(later, "tokens")
    assert row.startswith(f"backup script …{secret[-4:]} Made")
    assert "expires" in row


async def test_a_revoked_token_is_dead_at_once(app: Quart, browser: Client, ada: Person):
    program = await bearer(app, ada)
    page = await get(browser, "/settings")
    page = await send(browser, page.actions()["Revoke: tests"])
    assert page.notices == [("success", "That token is revoked.")]
    assert rows_of(page, "tokens") == []
    assert (await app.test_client().get("/api/tokens", headers=program)).status_code == 401


async def test_nobody_revokes_the_tokens_of_others(app: Quart, browser: Client, grace: Person):
    program = await bearer(app, grace)
    page = await get(await signed_in(app, grace), "/settings")
    assert (await send(browser, page.actions()["Revoke: tests"])).status == 404
    assert (await app.test_client().get("/api/tokens", headers=program)).status_code == 200


async def test_a_refused_token_stands_beside_its_field(browser: Client):
    for field, typed in (
        ("name", ""),
        ("name", "x" * 81),
        ("expires_in_days", "0"),
        ("expires_in_days", "3651"),
        ("expires_in_days", "x"),
    ):
        page = await send(browser, "/settings/tokens", **({"name": "script", "expires_in_days": ""} | {field: typed}))
        assert page.status == 422
        assert page.error(f"token-{field}")
        assert page.value(f"token-{field}") == typed
        assert rows_of(page, "tokens") == []


async def test_the_name_of_a_token_is_shown_as_it_was_typed(app: Quart, browser: Client):
    await send(browser, "/settings/tokens", name='<b>"x"</b>')
    (row,) = rows_of(await get(browser, "/settings"), "tokens")
    assert row.startswith('<b>"x"</b> …')
