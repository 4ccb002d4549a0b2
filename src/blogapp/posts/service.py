"""Acts on posts. Each takes the session of its caller's transaction and asks the row who may."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.errors import Forbidden, NotFound, Stale, Unauthenticated
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.infra.events import tell
from blogapp.posts.events import PostChanged, PostCreated, PostDeleted, PostEvent
from blogapp.posts.models import Post, may_edit
from blogapp.posts.schemas import PostChange, PostDraft, PostEdit
from blogapp.text import slug

TWICE = timedelta(minutes=1)
"""Within this time the same text again is the same post."""


async def publish(session: AsyncSession, actor: Actor, draft: PostDraft) -> Post:
    """Raises Unauthenticated for nobody, and for an account that has gone meanwhile."""
    if actor.id is None:
        raise Unauthenticated("Please log in first.")
    post = Post(title=draft.title, slug=slug(draft.title), content=draft.content, user_id=actor.id)
    post.created_at = post.updated_at = now()
    session.add(post)
    try:
        await session.flush()
    except IntegrityError:
        raise Unauthenticated("This account is gone.") from None
    _tell(session, PostCreated, post)
    return post


async def just_published(session: AsyncSession, actor: Actor, draft: PostDraft) -> Post | None:
    """The same text by the same author a moment ago: its button was pressed twice.

    Holds the author's row until the transaction ends, so that two requests at once see each other.
    """
    await session.execute(select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    same = (Post.user_id == actor.id, Post.title == draft.title, Post.content == draft.content)
    found: Post | None = await session.scalar(select(Post).where(*same, Post.created_at > now() - TWICE).limit(1))
    return found


async def edit(session: AsyncSession, actor: Actor, post: Post, asked: PostChange) -> None:
    """Raises Forbidden. What does not change the text leaves the row, its version and its time alone."""
    require_editor(actor, post.user_id)
    if asked.title is not None and asked.title != post.title:
        post.title, post.slug = asked.title, slug(asked.title)
    if asked.content is not None and asked.content != post.content:
        post.content = asked.content
    if session.is_modified(post):
        await session.flush()
        _tell(session, PostChanged, post)
        if actor.id != post.user_id:
            audit.note(session, "post changed", post_id=post.id, author_id=post.user_id, by=actor.id)


async def remove(session: AsyncSession, actor: Actor, post: Post) -> None:
    require_editor(actor, post.user_id)
    await session.delete(post)
    await session.flush()
    _tell(session, PostDeleted, post)
    audit.note(session, "post deleted", post_id=post.id, title=post.title, author_id=post.user_id, by=actor.id)


async def get(session: AsyncSession, post_id: int) -> Post:
    """The row, locked until the transaction ends. Raises NotFound."""
    post = await session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def author_of(session: AsyncSession, post: Post) -> str:
    return str(await session.scalar(select(User.username).where(User.id == post.user_id)))


def _tell(session: AsyncSession, kind: type[PostEvent], post: Post) -> None:
    tell(session, kind(post.id, post.user_id, post.title, post.slug, now()))


def require_editor(actor: Actor, author_id: int) -> None:
    if not may_edit(actor, author_id):
        raise Forbidden("Only its author or an administrator may change this post.")


def require_unchanged(post: Post, draft: PostEdit) -> None:
    """Raises Stale when somebody saved another text than this one since the form was opened."""
    if draft.version in {None, post.version} or (post.title, post.content) == (draft.title, draft.content):
        return
    raise Stale("This post was changed while you were writing.")
