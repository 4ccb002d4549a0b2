"""What is told of a post, once it is committed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from quart import Quart

from blogapp.actor import Actor
from blogapp.errors import Forbidden
from blogapp.infra.bus import Message
from blogapp.posts import service, trash
from blogapp.posts.composing import Body
from blogapp.posts.schemas import PostChange
from tests.people import Person, resources
from tests.posts import make


@pytest.fixture
def told(app: Quart) -> list[Message]:
    heard: list[Message] = []

    def hear(message: Message) -> None:
        if "topics" in message.document:
            heard.append(message)

    resources(app).bus.subscribe(hear, lambda: None)
    return heard


async def _change(app: Quart, actor: Actor, post_id: int, **changes: Any) -> None:
    async with resources(app).db.transaction() as session:
        post = await service.get(session, actor, post_id)
        body = Body(changes.get("content", post.content), post.format)
        await service.edit(session, actor, post, PostChange(**changes), body)


async def test_each_act_is_told_once_with_the_author_of_the_post(
    app: Quart, ada: Person, root: Person, told: list[Message]
):
    post = await make.post(app, ada)
    await _change(app, Actor(root.id, is_admin=True), post.id, title="A better title")
    await _change(app, Actor(ada.id), post.id, title="A better title")
    async with resources(app).db.transaction() as session:
        await trash.throw_away(session, Actor(ada.id), await service.get(session, Actor(ada.id), post.id))
    documents = [message.document for message in told]
    assert [one["type"] for one in documents] == ["post.created", "post.updated", "post.deleted"]
    assert {(one["author"], one["author_id"], one["post_id"]) for one in documents} == {("ada", ada.id, post.id)}
    assert [one["title"] for one in documents] == [make.TITLE, "A better title", "A better title"]
    assert documents[1]["url"] == f"/posts/{post.id}/a-better-title"
    assert all(datetime.fromisoformat(one["time"]).utcoffset() is not None for one in documents)
    assert set(documents[0]) == {
        "type",
        "post_id",
        "comment_id",
        "title",
        "author",
        "author_id",
        "url",
        "time",
        "topics",
    }


async def test_what_was_rolled_back_is_not_told(app: Quart, ada: Person, grace: Person, told: list[Message]):
    post = await make.post(app, ada)
    told.clear()
    with pytest.raises(Forbidden):
        await _change(app, Actor(grace.id), post.id, title="Not hers to change")
    assert told == []


async def test_who_follows_a_tag_hears_of_what_is_listed_under_it(app: Quart, ada: Person, told: list[Message]):
    await make.post(app, ada, tags=["Low tide", "Sea"])
    await make.post(app, ada, "Another title", tags=["Sea"], state="unlisted")
    assert told[0].document["topics"] == ["posts", "post:1", "user:1", "tag:low-tide", "tag:sea"]
    assert told[1].document["topics"] == ["post:2"]
