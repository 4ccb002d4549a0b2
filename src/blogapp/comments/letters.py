"""Who gets a letter about a comment, and how they put an end to that."""

from __future__ import annotations

from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.comments.models import Comment, CommentMute
from blogapp.errors import NotFound
from blogapp.infra import outbox
from blogapp.infra.db import insert_into

TASK, LETTER = "comment", "comment_letter"
SALT = "comments of a post"

Audience = Literal["authors", "everybody", "listeners"]
"""The authors of the post; these and those who asked for it; these alone, when the authors know already."""

NO_LINK = "This link is not one of ours."


async def announce(session: AsyncSession, comment: Comment, audience: Audience, site: str) -> None:
    """Once to each of them, whatever is done twice. `site` is where the blog is for them."""
    key = f"{TASK}.{comment.id}.{audience}"
    await outbox.put(session, TASK, key, comment_id=comment.id, audience=audience, site=site)


def sign(secret: str, post_id: int, user_id: int) -> str:
    """What a link holds that ends letters of this post to this account, without signing in (RFC 8058)."""
    return str(URLSafeSerializer(secret, SALT).dumps([post_id, user_id]))


def read(secrets: list[str], signed: str) -> tuple[int, int]:
    """Post and account. Raises NotFound for what we have not signed."""
    try:
        post_id, user_id = URLSafeSerializer(secrets, SALT).loads(signed)
    except (BadSignature, ValueError):
        raise NotFound(NO_LINK) from None
    return post_id, user_id


async def mute(session: AsyncSession, post_id: int, user_id: int) -> None:
    row = insert_into(session, CommentMute).values(post_id=post_id, user_id=user_id)
    await session.execute(row.on_conflict_do_nothing())
