"""Who gets a letter about a comment, and how they put an end to that."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.comments.models import Comment, CommentFollower, CommentMute
from blogapp.infra import outbox, signatures
from blogapp.infra.db import insert_into
from blogapp.posts.models import Post
from blogapp.settings import Settings

TASK, LETTER = "comment", "comment_letter"
PURPOSE = "comments of a post"

Audience = Literal["authors", "everybody", "listeners"]
"""The authors of the post; these and those who asked for it; these alone, when the authors know already."""


async def announce(session: AsyncSession, comment: Comment, audience: Audience, site: str) -> None:
    """Once to each of them, whatever is done twice. `site` is where the blog is for them."""
    key = f"{TASK}.{comment.id}.{audience}"
    await outbox.put(session, TASK, key, comment_id=comment.id, audience=audience, site=site)


def sign(settings: Settings, post_id: int, user_id: int) -> str:
    """What a link holds that ends letters of this post to this account, without signing in (RFC 8058)."""
    return signatures.sign(settings, PURPOSE, [post_id, user_id])


def read(settings: Settings, signed: str) -> tuple[int, int]:
    """Post and account. Raises NotFound for what we have not signed."""
    post_id, user_id = signatures.read(settings, PURPOSE, signed)
    return post_id, user_id


async def follow(session: AsyncSession, post_id: int, user_id: int) -> None:
    row = insert_into(session, CommentFollower).values(post_id=post_id, user_id=user_id)
    await session.execute(row.on_conflict_do_nothing())
    await unmute(session, post_id, user_id)


async def mute(session: AsyncSession, post_id: int, user_id: int) -> None:
    """Also of a post that they can no longer read. Where it, or the account, is gone, there is nothing to end."""
    both = select(Post.id, User.id).join_from(Post, User, User.id == user_id).where(Post.id == post_id)
    row = insert_into(session, CommentMute).from_select(["post_id", "user_id"], both)
    await session.execute(row.on_conflict_do_nothing())
    follower = (CommentFollower.post_id == post_id, CommentFollower.user_id == user_id)
    await session.execute(delete(CommentFollower).where(*follower))


async def unmute(session: AsyncSession, post_id: int, user_id: int) -> None:
    await session.execute(delete(CommentMute).where(CommentMute.post_id == post_id, CommentMute.user_id == user_id))
