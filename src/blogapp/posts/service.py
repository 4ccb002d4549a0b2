"""Acts on posts. Each takes the session of its caller's transaction and asks the row who may."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from blogapp import bylines
from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.errors import Forbidden, Invalid, NotFound, Stale, Unauthenticated, Violation
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.media import uses
from blogapp.posts import appearing, covering, revisions, series, tagging
from blogapp.posts.appearing import Edited, Past
from blogapp.posts.composing import Body
from blogapp.posts.models import SCHEDULED, Post, State, may_edit, may_read
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import PostChange, PostDraft, PostEdit, Written
from blogapp.search import index
from blogapp.text import slug

TWICE = timedelta(minutes=1)
"""Within this time the same text again is the same post."""

NO_POST = "There is no such post."
NOT_YOURS = "Only its authors or an administrator may change this post."
CHANGED = "This post was changed while you were writing."
NOT_SCHEDULED = "This post is not scheduled: send its `state` along."


async def create(
    session: AsyncSession, actor: Actor, draft: Written, body: Body, publish_at: datetime | None = None
) -> Post:
    """Raises Unauthenticated for nobody, and for an account that has gone meanwhile."""
    post = _new(actor, draft, body)
    post.created_at = post.updated_at = moment = now()
    appearing.enter(post, draft.state, publish_at, moment)
    return await _add(session, actor, post, draft, body)


async def bring(session: AsyncSession, actor: Actor, draft: PostDraft, body: Body, past: Past) -> Post:
    """A text that was written elsewhere, with its times. Raises Unauthenticated as `create` does."""
    post = _new(actor, draft, body)
    remember(post, past)
    appearing.enter(post, draft.state, draft.publish_at)
    return await _add(session, actor, post, draft, body)


async def just_created(session: AsyncSession, actor: Actor, draft: Written) -> Post | None:
    """The same text by the same author a moment ago: its button was pressed twice.

    Holds the author's row until the transaction ends, so that two requests at once see each other.
    """
    await session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    same = (Post.user_id == actor.id, Post.title == draft.title, Post.content == draft.content)
    recent = (Post.state == draft.state, Post.trashed_at.is_(None), Post.created_at > now() - TWICE)
    found: Post | None = await session.scalar(select(Post).where(*same, *recent).limit(1))
    return found


async def edit(session: AsyncSession, actor: Actor, post: Post, asked: PostChange, body: Body) -> None:
    """`body` is the text as it is to be. Raises Forbidden, and Stale when the text that was left out changed meanwhile.

    What changes nothing leaves the row, its version and its time alone.
    """
    require_editor(actor, post)
    if asked.content is None and post.content != body.content:
        raise Stale("This post was changed at the same moment. Please try again.")
    before, was, had = appearing.places(post), Text(post.version, post.title, post.content), covering.shown(post)
    edited = Edited(actor.id, post.html if before else None)
    place = await series.chosen(session, actor, post, asked)
    labels = None if asked.tags is None else await tagging.label(session, post, asked.tags)
    series.put(session, post, place)
    await covering.put(session, actor, post, asked)
    _rename(post, asked)
    if is_refilled := (post.content, post.format) != (body.content, body.format):
        _fill(post, body)
    if asked.state is not None or asked.publish_at is not None:
        appearing.enter(post, _state(post, asked), asked.publish_at)
    if session.is_modified(post):
        await session.flush()
        await tagging.record(session, post, labels)
        if (was.title, was.content) != (post.title, post.content):
            await revisions.record(session, post, actor.id, was)
        if is_refilled or was.title != post.title:
            await index.write(session, post.id, post.title, body.terms)
        await uses.record(session, post.id, had, covering.shown(post))
        await appearing.tell_change(session, post, before, edited)
        if actor.id not in {post.user_id, *bylines.ids(post.coauthors)}:
            audit.note(session, "post changed", post_id=post.id, author_id=post.user_id, by=actor.id)


async def get(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """The row, locked until the transaction ends. Raises NotFound, also for what `actor` may not even read."""
    post = await session.get(Post, post_id, with_for_update=True)
    if post is None or not may_read(actor, post):
        raise NotFound(NO_POST)
    return post


async def write_beside(session: AsyncSession, post: Post, **values: Any) -> None:
    """What is not of its text: version and time stay, and whoever has it open writes on undisturbed."""
    await session.execute(
        update(Post).where(Post.id == post.id).values(**values, updated_at=Post.updated_at),
        execution_options={"synchronize_session": False},
    )
    for name, value in values.items():
        set_committed_value(post, name, value)


async def author_of(session: AsyncSession, post: Post) -> str:
    return str(await session.scalar(select(User.username).where(User.id == post.user_id)))


def remember(post: Post, past: Past) -> None:
    post.created_at, post.updated_at, post.published_at = past.created_at, past.updated_at, past.published_at


def require_editor(actor: Actor, post: Any) -> None:
    if not may_edit(actor, post):
        raise Forbidden(NOT_YOURS)


def require_unchanged(post: Post, draft: PostEdit) -> None:
    """Raises Stale when somebody saved another text than this one since the form was opened."""
    if draft.version in {None, post.version} or (post.title, post.content) == (draft.title, draft.content):
        return
    raise Stale(CHANGED)


def _new(actor: Actor, draft: Written, body: Body) -> Post:
    if actor.id is None:
        raise Unauthenticated("Please log in first.")
    post = Post(title=draft.title, slug=draft.slug or slug(draft.title), user_id=actor.id)
    _fill(post, body)
    return post


async def _add(session: AsyncSession, actor: Actor, post: Post, draft: Written, body: Body) -> Post:
    series.put(session, post, await series.chosen(session, actor, post, draft))
    labels = await tagging.label(session, post, draft.tags)
    await covering.put(session, actor, post, draft)
    session.add(post)
    try:
        await session.flush()
    except IntegrityError:
        raise Unauthenticated("This account is gone.") from None
    await tagging.record(session, post, labels)
    await revisions.record(session, post, post.user_id, None)
    await index.write(session, post.id, post.title, body.terms)
    await uses.record(session, post.id, uses.NOTHING, covering.shown(post))
    await appearing.tell_change(session, post, appearing.NOWHERE)
    return post


def _rename(post: Post, asked: PostChange) -> None:
    """An address follows the title until its author has chosen another."""
    follows = post.slug == slug(post.title)
    post.title = asked.title or post.title
    if asked.slug:
        post.slug = asked.slug
    elif asked.slug == "" or follows:
        post.slug = slug(post.title)


def _state(post: Post, asked: PostChange) -> State:
    """Raises Invalid for a time to appear of what is not scheduled."""
    if asked.state is None and post.state != SCHEDULED:
        raise Invalid(NOT_SCHEDULED, Violation("publish_at", NOT_SCHEDULED, "value_error"))
    return asked.state or post.state


def _fill(post: Post, body: Body) -> None:
    post.content, post.format = body.content, body.format
    post.html, post.excerpt, post.renderer = body.html, body.excerpt, body.renderer
