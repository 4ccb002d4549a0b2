"""The trash: what is deleted can be taken back for thirty days."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from blogapp.actor import Actor
from blogapp.errors import NotFound
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.posts import appearing, service
from blogapp.posts.models import TRASH_KEPT, Post, may_edit

NO_POST = "There is no such post in the trash."


async def throw_away(session: AsyncSession, actor: Actor, post: Post) -> None:
    """Nobody sees it any more. Raises Forbidden."""
    service.require_editor(actor, post)
    before = appearing.places(post)
    post.trashed_at = now()
    _keep_time(post)
    await session.flush()
    await appearing.tell_change(session, post, before)
    audit.note(session, "post deleted", post_id=post.id, title=post.title, author_id=post.user_id, by=actor.id)


async def restore(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """As it was. What was to appear meanwhile appears now. Raises NotFound."""
    post = await _thrown_away(session, actor, post_id)
    post.trashed_at = None
    _keep_time(post)
    await session.flush()
    await appearing.tell_change(session, post, appearing.NOWHERE)
    audit.note(session, "post restored", post_id=post.id, author_id=post.user_id, by=actor.id)
    return post


async def erase(session: AsyncSession, actor: Actor, post_id: int) -> None:
    """For good. Raises NotFound."""
    post = await _thrown_away(session, actor, post_id)
    await session.delete(post)
    audit.note(session, "post erased", post_id=post.id, title=post.title, author_id=post.user_id, by=actor.id)


async def sweep(session: AsyncSession) -> None:
    await session.execute(delete(Post).where(Post.trashed_at <= now() - TRASH_KEPT))


async def _thrown_away(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """To others there is no such thing."""
    post = await session.get(Post, post_id, with_for_update=True)
    if post is None or post.trashed_at is None or not may_edit(actor, post):
        raise NotFound(NO_POST)
    return post


def _keep_time(post: Post) -> None:
    """Its text is as it was: readers needn't be told that it was edited."""
    flag_modified(post, "updated_at")
