"""Posts that stay on top of the home page, as administrators choose."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.errors import Conflict, Forbidden
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.posts import appearing, service
from blogapp.posts.events import PostPinned
from blogapp.posts.models import Post, is_listed

MOST = 3

NOT_YOURS = "Only an administrator may pin posts."
NOT_LISTED = "Only a published post can be pinned."
FULL = f"At most {MOST} posts can be pinned. Unpin another one first."


async def pin(session: AsyncSession, actor: Actor, post: Post) -> None:
    """Pinned again it goes to the top of the others. Raises Forbidden, Conflict."""
    _require_admin(actor)
    if "lists" not in appearing.places(post):
        raise Conflict(NOT_LISTED)
    others = select(func.count()).select_from(Post).where(is_listed, Post.pinned_at.is_not(None), Post.id != post.id)
    if int(await session.scalar(others) or 0) >= MOST:
        raise Conflict(FULL)
    await service.write_beside(session, post, pinned_at=now())
    _tell(session, actor, post, "post pinned")


async def unpin(session: AsyncSession, actor: Actor, post: Post) -> None:
    """Raises Forbidden."""
    _require_admin(actor)
    if post.pinned_at is not None:
        await service.write_beside(session, post, pinned_at=None)
        _tell(session, actor, post, "post unpinned")


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(NOT_YOURS)


def _tell(session: AsyncSession, actor: Actor, post: Post, act: str) -> None:
    if seen := appearing.places(post):
        appearing.tell_of(session, PostPinned, post, seen)
    audit.note(session, act, post_id=post.id, by=actor.id)
