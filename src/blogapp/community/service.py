"""What readers do with authors, tags and posts. Each act takes the session of its caller's transaction; done twice it is
done once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.events import UserLeaves
from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.community import noticing
from blogapp.community.events import PostsLiked
from blogapp.community.models import FollowedAuthor, FollowedTag, LikedPost, SavedPost
from blogapp.errors import Conflict, Forbidden, NotFound
from blogapp.infra.db import insert_into, now
from blogapp.infra.events import Events, tell
from blogapp.posts import service as posts
from blogapp.posts.models import PUBLISHED, UNLISTED, Post
from blogapp.tags.events import TagsMerge
from blogapp.tags.models import Tag
from blogapp.tags.service import NO_TAG

MOST_FOLLOWED = 1000
"""Authors, and as many tags."""
MOST_TOLD = 500
"""Posts of which is told that somebody took their likes along."""

NO_USER = "There is no such user."
YOURSELF = "This is your own account: what you write is on your dashboard."
TOO_MANY = f"At most {MOST_FOLLOWED:,} authors and as many tags can be followed. Stop following another one first."
NOT_PUBLIC = "A post is liked or saved once others can read it."

_PLAIN = {"synchronize_session": False}


def subscribe(events: Events) -> None:
    events.partake(UserLeaves, _leave)
    events.partake(TagsMerge, _follow_merged)


async def follow_author(session: AsyncSession, actor: Actor, author_id: int) -> None:
    """They are told, the first time. Raises NotFound, Conflict."""
    if author_id == actor.id:
        raise Conflict(YOURSELF)
    if await session.scalar(select(User.id).where(User.id == author_id, User.suspended_at.is_(None))) is None:
        raise NotFound(NO_USER)
    await _leave_room(session, FollowedAuthor, actor)
    if await _put(session, FollowedAuthor, user_id=actor.id, author_id=author_id, followed_at=now()):
        await noticing.note_follow(session, author_id, actor.id or 0)


async def leave_author(session: AsyncSession, actor: Actor, author_id: int) -> None:
    """Raises NotFound."""
    if await session.scalar(select(User.id).where(User.id == author_id)) is None:
        raise NotFound(NO_USER)
    await _take(session, FollowedAuthor, user_id=actor.id, author_id=author_id)


async def follow_tag(session: AsyncSession, actor: Actor, tag_id: int) -> None:
    """Raises NotFound, Conflict."""
    if await session.scalar(select(Tag.id).where(Tag.id == tag_id).with_for_update(read=True, key_share=True)) is None:
        raise NotFound(NO_TAG)
    await _leave_room(session, FollowedTag, actor)
    await _put(session, FollowedTag, user_id=actor.id, tag_id=tag_id, followed_at=now())


async def leave_tag(session: AsyncSession, actor: Actor, tag_id: int) -> None:
    await _take(session, FollowedTag, user_id=actor.id, tag_id=tag_id)


async def like(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Raises NotFound, and Forbidden for what is not public."""
    post = await _public(session, actor, post_id)
    if await _put(session, LikedPost, user_id=actor.id, post_id=post_id, liked_at=now()):
        await _count(session, post, 1)
    return post


async def unlike(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Raises NotFound."""
    post = await posts.get(session, actor, post_id)
    if await _take(session, LikedPost, user_id=actor.id, post_id=post_id):
        await _count(session, post, -1)
    return post


async def save(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    """Raises NotFound, and Forbidden for what is not public."""
    post = await _public(session, actor, post_id)
    await _put(session, SavedPost, user_id=actor.id, post_id=post_id, saved_at=now())
    return post


async def unsave(session: AsyncSession, actor: Actor, post_id: int) -> None:
    """Also what they can no longer read. Raises NotFound for what is not there at all."""
    if await session.scalar(select(Post.id).where(Post.id == post_id)) is None:
        raise NotFound(posts.NO_POST)
    await _take(session, SavedPost, user_id=actor.id, post_id=post_id)


async def _public(session: AsyncSession, actor: Actor, post_id: int) -> Post:
    post = await posts.get(session, actor, post_id)
    if post.state not in {PUBLISHED, UNLISTED}:
        raise Forbidden(NOT_PUBLIC)
    return post


async def _count(session: AsyncSession, post: Post, more: int) -> None:
    await posts.write_beside(session, post, likes_count=post.likes_count + more)
    tell(session, PostsLiked(frozenset({post.id})))


async def _leave_room(session: AsyncSession, model: Any, actor: Actor) -> None:
    followed = select(func.count()).select_from(model).where(model.user_id == actor.id)
    if int(await session.scalar(followed) or 0) >= MOST_FOLLOWED:
        raise Conflict(TOO_MANY)


async def _put(session: AsyncSession, model: Any, **values: Any) -> bool:
    """Whether it was not there before."""
    key = next(iter(model.__table__.primary_key.columns))
    row = insert_into(session, model).values(**values).on_conflict_do_nothing().returning(key)
    return await session.scalar(row) is not None


async def _take(session: AsyncSession, model: Any, **values: Any) -> bool:
    """Whether it was there before."""
    key = next(iter(model.__table__.primary_key.columns))
    return await session.scalar(delete(model).filter_by(**values).returning(key), execution_options=_PLAIN) is not None


async def _leave(session: AsyncSession, event: UserLeaves) -> None:
    """Their rows go by themselves; what was counted of them is taken off."""
    mine = select(LikedPost.post_id).where(LikedPost.user_id == event.user_id)
    post_ids = list(await session.scalars(mine.order_by(LikedPost.post_id)))
    if post_ids:
        counted = {"likes_count": Post.likes_count - 1, "updated_at": Post.updated_at}
        await session.execute(update(Post).where(Post.id.in_(mine)).values(**counted), execution_options=_PLAIN)
        await session.execute(delete(LikedPost).where(LikedPost.user_id == event.user_id), execution_options=_PLAIN)
        tell(session, PostsLiked(frozenset(post_ids[-MOST_TOLD:])))


async def _follow_merged(session: AsyncSession, event: TagsMerge) -> None:
    """Who followed the one follows the other."""
    both = select(FollowedTag.user_id).where(FollowedTag.tag_id == event.into_id)
    rows = update(FollowedTag).where(FollowedTag.tag_id == event.tag_id, FollowedTag.user_id.not_in(both))
    await session.execute(rows.values(tag_id=event.into_id), execution_options=_PLAIN)
