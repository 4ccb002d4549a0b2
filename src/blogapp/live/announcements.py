"""What happened to posts goes on the bus once it is committed. Not the text: whoever wants it reads the post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from blogapp.accounts import queries as accounts
from blogapp.infra.bus import Bus
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.live.schemas import EVERYTHING
from blogapp.posts.events import PostChanged, PostCreated, PostDeleted, PostEvent
from blogapp.web.addresses import post_address

NAMES: dict[type[PostEvent], str] = {
    PostCreated: "post.created",
    PostChanged: "post.updated",
    PostDeleted: "post.deleted",
}


def subscribe(events: Events, db: Database, bus: Bus) -> None:
    async def announce(event: PostEvent) -> None:
        author = await accounts.by_id(db, event.user_id)
        await bus.publish(document(event, author.username if author else ""))

    for kind in NAMES:
        events.subscribe(kind, announce)


def document(event: PostEvent, author: str) -> dict[str, Any]:
    return {
        "type": NAMES[type(event)],
        "post_id": event.post_id,
        "title": event.title,
        "author": author,
        "author_id": event.user_id,
        "url": post_address(event.post_id, event.slug),
        "time": event.at.isoformat(),
        "topics": list(_topics(event)),
    }


def _topics(event: PostEvent) -> Iterator[str]:
    """Who follows lists must not learn of a post that is on none."""
    if "lists" in event.places:
        yield EVERYTHING
    if "page" in event.places:
        yield f"post:{event.post_id}"
    if "lists" in event.places:
        yield f"user:{event.user_id}"
        yield from (f"tag:{label.slug}" for label in event.tags)
