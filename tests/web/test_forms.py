"""Forms as programs fill them in: any field, any value, any encoding of it, and never an error of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as some
from quart import Quart

from tests.people import Client, Person, signed_in
from tests.posts import make

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
NAMES = some.sampled_from(
    [
        *("username", "email", "password", "confirm_password", "remember_me"),
        *("title", "content", "version", "current_password", "new_password", "name", "expires_in_days"),
        *("is_admin", "id", "user_id", "__class__", "model_fields", "", "[]", "a.b", "title[]"),
    ]
)
VALUES = some.one_of(
    some.text(max_size=30),
    some.sampled_from(
        [
            *("", " ", "0", "-1", "1", "true", "on", "null", "1e400", "9" * 30, "9" * 5000, "\u0661"),
            *("\0", "\ud7ff", "\ufffe", "\U0010ffff", "\r\n", "<script>", "{{ 7*7 }}", "%00", "' OR 1=1 --"),
            *("a@b.c", "a@[::1]", "\u0130@example.org", "a" * 300 + "@example.org", "x" * 200_000, "\u1d160" * 200),
        ]
    ),
)
FORMS = some.lists(some.tuples(NAMES, VALUES), max_size=8)
PAGES = ("/auth/register", "/auth/login", "/posts/new", "/settings/password", "/settings/email", "/settings/tokens")
tried = trying(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)


@pytest.fixture
async def paths(app: Quart, ada: Person) -> tuple[str, ...]:
    post = await make.post(app, ada)
    return (
        *PAGES,
        f"/posts/{post.id}/edit",
        "/settings/delete",
        "/settings/sessions/x/end",
        "/settings/tokens/1/revoke",
    )


async def _assert_answered(client: Client, path: str, **sent: Any) -> None:
    answer = await client.post(path, **sent)
    assert answer.status_code < 500, (path, sent)
    assert answer.status_code in {201, 301, 303, 400, 401, 403, 404, 409, 413, 415, 422}, (path, sent)


@tried
@given(form=FORMS)
async def test_any_fields_are_answered(browser: Client, client: Client, paths: tuple[str, ...], form: Any):
    data = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in form])
    for path in paths:
        for visitor in (browser, client):
            await _assert_answered(visitor, path, data=data, headers=URLENCODED)


@tried
@given(body=some.binary(max_size=200), name=NAMES)
async def test_any_bytes_are_answered(client: Client, body: bytes, name: str):
    kinds = (URLENCODED, {"Content-Type": "multipart/form-data; boundary=x"}, {})
    for path in ("/auth/login", "/auth/register", "/posts/new"):
        for headers in kinds:
            await _assert_answered(client, path, data=body, headers=headers)
        await _assert_answered(client, path, data=f"{name}={quote_from_bytes(body)}", headers=URLENCODED)
        part = f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + body + b"\r\n--x--\r\n"
        await _assert_answered(client, path, data=part, headers=kinds[1])


@tried
@given(query=some.binary(max_size=60), path=some.sampled_from(["/", "/auth/login", "/api/posts", "/dashboard"]))
async def test_any_query_is_answered(client: Client, query: bytes, path: str):
    for sent in (
        f"page={quote_from_bytes(query)}",
        f"next={quote_from_bytes(query)}",
        quote_from_bytes(query, safe="&="),
    ):
        answer = await client.get(f"{path}?{sent}")
        assert answer.status_code in {200, 303, 400, 404, 422}


async def test_a_password_never_comes_back(client: Client, browser: Client, paths: tuple[str, ...]):
    secret = "never-to-be-shown"
    form = dict.fromkeys(("password", "confirm_password", "current_password", "new_password"), secret) | {
        "username": "!",
        "email": "!",
        "title": "",
        "content": "",
    }
    for path in paths:
        for visitor in (client, browser):
            answer = await visitor.post(path, form=form, headers={"Sec-Fetch-Site": "same-origin"})
            assert secret not in await answer.get_data(as_text=True)
            assert secret not in str(answer.headers)


async def test_more_parts_than_a_form_has_are_refused_where_texts_are_kept(browser: Client):
    part = '--x\r\nContent-Disposition: form-data; name="f{}"\r\n\r\n1\r\n'
    body = "".join(part.format(number) for number in range(1500)) + "--x--\r\n"
    answer = await browser.post("/posts/new", data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 413
