"""People of a Flask blog go on here with the password and the address they have."""

from __future__ import annotations

import asyncio

import pytest

from blogapp.infra import migrations
from tests import flask_blog, sql
from tests.serving import serving


@pytest.mark.parametrize("login", ["Ann@example.org", "ann@EXAMPLE.org", "not an address", "x@example.org"])
async def test_an_old_password_opens_the_account_and_its_hash_becomes_argon2id(empty_database_url, login):
    flask_blog.fill(empty_database_url)
    await asyncio.to_thread(migrations.upgrade, empty_database_url)
    async with serving(empty_database_url) as app:
        client = app.test_client()
        form = {"email": login, "password": flask_blog.PASSWORD}
        assert (await client.post("/auth/login", form=form | {"password": "wrong"})).status_code == 401
        assert (await client.post("/auth/login", form=form)).status_code == 303
        assert (await client.get("/dashboard")).status_code == 200
    query = f"SELECT password_hash FROM users WHERE lower(email) = '{login.lower()}'"
    assert sql.rows(empty_database_url, query)[0][0].startswith("$argon2id$")


@pytest.mark.parametrize("path", ["/", "/posts/3", "/users/Ann", "/users/bob o'hara ✿", "/api/users", "/api/posts"])
async def test_what_was_taken_over_is_shown(empty_database_url, path):
    flask_blog.fill(empty_database_url)
    await asyncio.to_thread(migrations.upgrade, empty_database_url)
    async with serving(empty_database_url) as app:
        response = await app.test_client().get(path, follow_redirects=True)
        assert response.status_code == 200
