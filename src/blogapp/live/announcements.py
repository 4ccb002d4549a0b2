"""What happened to posts and comments, and what somebody is told of, goes on the bus once it is committed. Not the text:
whoever wants it reads that.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from blogapp.accounts import queries as accounts
from blogapp.comments.events import CommentChanged, CommentCreated, CommentDeleted, CommentEvent
from blogapp.community.events import NoticeCreated
from blogapp.infra.bus import Bus
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.live.schemas import EVERYTHING, account_topic
from blogapp.posts.events import PostChanged, PostCreated, PostDeleted, PostEvent
from blogapp.web.addresses import author_url, comment_address, post_address

NAMES: dict[type[PostEvent], str] = {
    PostCreated: "post.created",
    PostChanged: "post.updated",
    PostDeleted: "post.deleted",
}


OF_COMMENTS: dict[type[CommentEvent], str] = {
    CommentCreated: "comment.created",
    CommentChanged: "comment.updated",
    CommentDeleted: "comment.deleted",
}


def subscribe(events: Events, db: Database, bus: Bus) -> None:
    async def announce(event: PostEvent) -> None:
        author = await accounts.by_id(db, event.user_id)
        await bus.publish(document(event, author.username if author else ""))

    async def announce_comment(event: CommentEvent) -> None:
        writer = await accounts.by_id(db, event.user_id) if event.user_id else None
        await bus.publish(of_comment(event, writer.username if writer else ""))

    async def announce_notice(event: NoticeCreated) -> None:
        who = await accounts.by_id(db, event.actor_id) if event.actor_id else None
        await bus.publish(of_notice(event, who.username if who else ""))

    events.subscribe(NoticeCreated, announce_notice)
    for kind in NAMES:
        events.subscribe(kind, announce)
    for kind_of_comment in OF_COMMENTS:
        events.subscribe(kind_of_comment, announce_comment)


def document(event: PostEvent, author: str) -> dict[str, Any]:
    return {
        "type": NAMES[type(event)],
        "post_id": event.post_id,
        "comment_id": None,
        "title": event.title,
        "author": author,
        "author_id": event.user_id,
        "url": post_address(event.post_id, event.slug),
        "time": event.at.isoformat(),
        "topics": list(_topics(event)),
    }


def of_comment(event: CommentEvent, writer: str) -> dict[str, Any]:
    """For who reads its post."""
    return {
        "type": OF_COMMENTS[type(event)],
        "post_id": event.post_id,
        "comment_id": event.comment_id,
        "title": event.title,
        "author": writer,
        "author_id": event.user_id,
        "url": comment_address(event.comment_id),
        "time": event.at.isoformat(),
        "topics": [f"post:{event.post_id}"],
    }


def of_notice(event: NoticeCreated, who: str) -> dict[str, Any]:
    """For the account that it is for, alone."""
    return {
        "type": "notification.created",
        "post_id": event.post_id,
        "comment_id": event.comment_id,
        "title": "",
        "author": who,
        "author_id": event.actor_id,
        "url": _place(event, who),
        "time": event.at.isoformat(),
        "topics": [account_topic(event.user_id)],
    }


def _place(event: NoticeCreated, who: str) -> str:
    if event.post_id is None:
        return author_url(who)
    return comment_address(event.comment_id) if event.comment_id else post_address(event.post_id, event.slug)


def _topics(event: PostEvent) -> Iterator[str]:
    """Who follows lists must not learn of a post that is on none."""
    if "lists" in event.places:
        yield EVERYTHING
    if "page" in event.places:
        yield f"post:{event.post_id}"
    if "lists" in event.places:
        yield from (f"user:{one}" for one in sorted({event.user_id} | event.coauthor_ids))
        yield from (f"tag:{label.slug}" for label in event.tags)
