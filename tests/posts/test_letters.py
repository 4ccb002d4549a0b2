"""What authors hear by mail: that a scheduled post is there, and that somebody would like them to write along."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import select

from blogapp.infra import outbox
from tests.mail_server import MailServer, text
from tests.people import Client, Person, bearer, resources
from tests.posts import make


@pytest.fixture
def settings(smtp: MailServer) -> dict[str, Any]:
    return {"tasks": "on", "smtp_url": smtp.url, "site_url": "https://blog.example.org", "task_wait": 0.1}


async def letters(smtp: MailServer, count: int) -> dict[str, str]:
    """Their texts, by whom they are for."""
    found = await asyncio.to_thread(smtp.wait_for, count)
    return {f"{letter['To']} {letter['Subject']}": text(letter) for letter in found}


async def test_who_is_invited_is_told_once(app: Quart, client: Client, ada: Person, grace: Person, smtp: MailServer):
    await make.post(app, ada, "Low tide", state="draft")
    headers = await bearer(app, ada)
    for _ in range(2):
        await client.post("/api/posts/1/authors", json={"username": "grace"}, headers=headers)
    found = await letters(smtp, 1)
    told = found["grace@example.org ada would like you to write along: Low tide"]
    assert "https://blog.example.org/dashboard" in told
    await client.post("/api/invitations/1/decline", headers=await bearer(app, grace))
    await client.post("/api/posts/1/authors", json={"username": "grace"}, headers=headers)
    tasks = await resources(app).db.rows(select(outbox.Job.task))
    assert [row.task for row in tasks].count("invite") == 1


async def test_all_authors_are_told_when_a_scheduled_post_is_there(
    app: Quart, client: Client, ada: Person, grace: Person, smtp: MailServer
):
    await make.post(app, ada, "Low tide", state="draft")
    headers = await bearer(app, ada)
    await client.post("/api/posts/1/authors", json={"username": "grace"}, headers=headers)
    await client.post("/api/invitations/1/accept", headers=await bearer(app, grace))
    await letters(smtp, 1)
    due = datetime.now(UTC) + timedelta(seconds=2)
    asked = {"state": "scheduled", "publish_at": due.isoformat()}
    assert (await client.patch("/api/posts/1", json=asked, headers=headers)).status_code == 200
    found = await letters(smtp, 3)
    for name in ("ada", "grace"):
        told = found[f"{name}@example.org Your post has appeared: Low tide"]
        assert "https://blog.example.org/posts/1/low-tide" in told
        assert "The server was away" not in told


async def test_what_came_late_says_why(app: Quart, ada: Person, smtp: MailServer):
    await make.post(app, ada, "Low tide")
    facts = {"post_id": 1, "user_id": ada.id, "seen_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    async with resources(app).db.transaction() as session:
        await outbox.put(session, "appeared", "appeared.1", **facts)
    (told,) = (await letters(smtp, 1)).values()
    assert "The server was away at that minute, so it came later." in told
