"""When readers see a post, and what is told when that changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import bylines
from blogapp.infra import outbox
from blogapp.infra.db import now
from blogapp.infra.events import consult, tell
from blogapp.labels import unpack
from blogapp.mentions import mentioned
from blogapp.posts import around_queries
from blogapp.posts.events import ListsChange, Place, PostAppears, PostChanged, PostCreated, PostDeleted, PostEvent
from blogapp.posts.models import DRAFT, PUBLISHED, SCHEDULED, UNLISTED, Post, State
from blogapp.search import index
from blogapp.tags import service as tags

TASK = "appear"
NOTICE = "appeared"

Places = frozenset[Place]
NOWHERE: Places = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a post that was written elsewhere."""

    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Edited:
    """By whom a post was, and what of it readers saw before: None where they saw nothing."""

    by: int | None
    html: str | None


_PLACES: dict[State, Places] = {PUBLISHED: frozenset({"lists", "page"}), UNLISTED: frozenset({"page"})}


def places(post: Post) -> Places:
    """Where readers see it."""
    return NOWHERE if post.trashed_at is not None else _PLACES.get(post.state, NOWHERE)


def enter(post: Post, state: State, publish_at: datetime | None, moment: datetime | None = None) -> None:
    """`publish_at` is for what is scheduled. What has appeared once keeps its time, whatever becomes of it."""
    moment = moment or now()
    if state == SCHEDULED:
        post.published_at = publish_at or post.published_at
    elif post.published_at is not None and post.published_at > moment:
        post.published_at = None
    if state not in {DRAFT, SCHEDULED}:
        post.published_at = post.published_at or moment
    post.state = state


async def tell_change(session: AsyncSession, post: Post, before: Places, edited: Edited | None = None) -> None:
    """`before`: where readers saw it until now. Plans its appearance, if it has one to come."""
    after = places(post)
    await note_place(session, post)
    if seen := after - before:
        beside = await around_queries.beside(session, post) if "lists" in seen else frozenset()
        tell_of(session, PostCreated, post, seen, beside=beside)
    authors = frozenset({post.user_id}) | bylines.ids(post.coauthors)
    if after:
        await _tell_mentioned(session, post, authors, edited or Edited(post.user_id, post.html if before else None))
    if "lists" in before | after:
        await consult(session, ListsChange(post.id, authors, unpack(post.tags), post.series_id))
    for kind, seen in ((PostChanged, before & after), (PostDeleted, before - after)):
        if seen:
            tell_of(session, kind, post, seen)
    if post.state == SCHEDULED and post.trashed_at is None and post.published_at is not None:
        key = f"{TASK}.{post.id}.{post.published_at.timestamp():.0f}.{post.version}"
        await outbox.put(session, TASK, key, due_at=post.published_at, post_id=post.id)


async def _tell_mentioned(session: AsyncSession, post: Post, authors: frozenset[int], edited: Edited) -> None:
    if names := frozenset(mentioned(post.html or "")) - frozenset(mentioned(edited.html or "")):
        by = edited.by if edited.by in authors else post.user_id
        await consult(session, PostAppears(post.id, post.slug, by, authors, names))


async def note_place(session: AsyncSession, post: Post) -> None:
    """For those who search, and in the lists of its tags."""
    at, is_listed = post.published_at or post.created_at, "lists" in places(post)
    await index.place(session, post.id, post.version, is_listed=is_listed, at=at)
    if post.tags is not None:
        await tags.place(session, post.id, at if is_listed else None)


def tell_of(session: AsyncSession, kind: type[PostEvent], post: Post, seen: Places, **more: frozenset[int]) -> None:
    """`more` are fields of the event that can't be told from the post."""
    facts = (post.id, post.user_id, post.title, post.slug, now(), seen, unpack(post.tags), post.series_id)
    given: dict[str, Any] = {"coauthor_ids": bylines.ids(post.coauthors), **more}
    tell(session, kind(*facts, **given))


async def appear(session: AsyncSession, post_id: int) -> None:
    """Publish what is due, and write to its authors. Done twice or too early it changes nothing: the row says what is still to happen."""
    due = (Post.id == post_id, Post.state == SCHEDULED, Post.published_at <= now(), Post.trashed_at.is_(None))
    post = await session.scalar(select(Post).where(*due).with_for_update())
    if post is not None:
        post.state = PUBLISHED
        post.updated_at = post.published_at or now()
        await session.flush()
        await tell_change(session, post, NOWHERE)
        for user_id in sorted({post.user_id} | bylines.ids(post.coauthors)):
            key = f"{NOTICE}.{post.id}.{user_id}.{post.updated_at.timestamp():.0f}"
            await outbox.put(session, NOTICE, key, post_id=post.id, user_id=user_id, seen_at=now().isoformat())
