"""What stays of pictures, what goes, and when."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from quart import Quart
from sqlalchemy import select, update

from blogapp.infra.db import now
from blogapp.infra.outbox import Job
from blogapp.media import service
from blogapp.media.models import Media, MediaUse
from blogapp.posts.models import WorkingCopy
from blogapp.worker import DUTIES
from tests.media import make
from tests.media.test_api import kept
from tests.people import Client, Person, bearer, resources
from tests.posts import make as posts

GRACE = timedelta(days=30)


async def sweep(app: Quart, later: timedelta = timedelta(0)) -> None:
    """As if what is unused had been so for `later` longer."""
    async with resources(app).db.transaction() as session:
        since = Media.unused_since.is_not(None)
        await session.execute(update(Media).where(since).values(unused_since=now() - later))
        await service.sweep(session, GRACE)


async def names(app: Quart) -> list[str]:
    return [row.name for row in await resources(app).db.rows(select(Media.name).order_by(Media.id))]


def age(folder: Path) -> None:
    """What is there was put there an hour ago."""
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))


@pytest.fixture
async def sent(client: Client, token: dict[str, str]) -> dict[str, Any]:
    document: dict[str, Any] = await (await make.send(client, make.picture(), token)).get_json()
    return document


async def test_what_no_post_names_goes_after_its_grace(app: Quart, sent: dict[str, Any]):
    await sweep(app)
    await sweep(app, GRACE - timedelta(hours=1))
    assert len(await names(app)) == 1
    await sweep(app, GRACE)
    assert await names(app) == []


async def test_what_a_post_names_stays(app: Quart, sent: dict[str, Any], ada: Person):
    await sweep(app)
    await posts.post(app, ada, content=f"Look: {sent['markdown']}", state="draft")
    await sweep(app, GRACE)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1


async def test_what_an_earlier_revision_names_stays(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any], ada: Person
):
    post = await posts.post(app, ada, content=f"Look: {sent['markdown']}")
    await client.patch(f"/api/posts/{post.id}", json={"content": "Nothing to see here."}, headers=token)
    await sweep(app)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1
    await client.delete(f"/api/posts/{post.id}", headers=token)
    await client.delete(f"/api/trash/{post.id}", headers=token)
    await sweep(app)
    await sweep(app, GRACE)
    assert await names(app) == []


async def test_what_is_named_in_a_text_that_is_being_typed_stays(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any], ada: Person
):
    async with resources(app).db.transaction() as session:
        typed = {"title": "", "content": sent["markdown"], "number": 1, "saved_at": now()}
        session.add(WorkingCopy(user_id=ada.id, **typed))
    await sweep(app)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1


async def test_a_cover_that_is_chosen_and_not_yet_saved_stays(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any]
):
    asked = {"content": "The sea was", "beside": {"cover": sent["url"]}}
    assert (await client.post("/api/copies", json=asked, headers=token)).status_code == 201
    await sweep(app)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1


async def test_a_use_is_noted_once_and_taken_up_again(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any], ada: Person
):
    text = f"Look: {sent['markdown']} and {sent['markdown']}"
    post = await posts.post(app, ada, content=text)
    for content in ("Nothing to see here.", text, text + " again"):
        await client.patch(f"/api/posts/{post.id}", json={"content": content}, headers=token)
    rows = await resources(app).db.rows(select(MediaUse.is_current))
    assert [row.is_current for row in rows] == [True]


async def test_files_go_with_the_last_who_has_them(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any], grace: Person, folder: Path
):
    other = await bearer(app, grace)
    twin = await (await make.send(client, make.picture(), other)).get_json()
    assert twin["url"] == sent["url"]
    await make.done(app, "shrink", sent)
    assert len(kept(folder)) == 3
    age(folder)
    await client.delete(f"/api/media/{sent['id']}", headers=token)
    await make.done(app, "remove", sent)
    assert len(kept(folder)) == 3
    await client.delete(f"/api/media/{twin['id']}", headers=other)
    await make.done(app, "remove", sent)
    await make.done(app, "remove", sent)
    assert kept(folder) == []


async def test_a_picture_that_comes_back_at_once_keeps_its_file(
    app: Quart, client: Client, token: dict[str, str], sent: dict[str, Any], folder: Path
):
    """The same bytes were put there a moment ago, by somebody who has yet to say so."""
    await client.delete(f"/api/media/{sent['id']}", headers=token)
    await make.done(app, "remove", sent)
    assert len(kept(folder)) == 1


async def test_smaller_widths_and_removals_are_tasks(app: Quart, client: Client, token: dict[str, str], sent: Any):
    await client.delete(f"/api/media/{sent['id']}", headers=token)
    rows = await resources(app).db.rows(select(Job.task).order_by(Job.id))
    assert [row.task for row in rows] == [service.SHRINK, service.REMOVE]
    assert {service.SHRINK, service.REMOVE} <= set(DUTIES)


async def test_a_picture_deleted_before_its_task_leaves_nothing(app: Quart, sent: dict[str, Any], folder: Path):
    for path in folder.rglob("*.jpg"):
        path.unlink()
    await make.done(app, "shrink", sent)
    assert kept(folder) == []


async def test_a_picture_outlives_its_account_while_others_show_it(
    app: Quart, client: Client, sent: dict[str, Any], ada: Person, grace: Person, root: Person
):
    await posts.post(app, grace, content=f"Look: {sent['markdown']}")
    assert (await client.delete(f"/api/users/{ada.id}", headers=await bearer(app, root))).status_code == 200
    await sweep(app)
    await sweep(app, GRACE)
    assert len(await names(app)) == 1
    assert (await client.get(sent["url"])).status_code == 200


async def test_what_was_left_half_way_is_tidied_up_after_a_day(app: Quart, folder: Path):
    storage = resources(app).storage
    old, new = storage.temporary(), storage.temporary()
    os.utime(old, (0, 0))
    await storage.tidy()
    assert (old.exists(), new.exists()) == (False, True)
