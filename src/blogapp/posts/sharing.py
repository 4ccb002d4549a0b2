"""Secret links: whoever has one reads a post that is not public, until it is withdrawn."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.infra import audit
from blogapp.posts import service
from blogapp.posts.models import Post

KEY_BYTES = 16
"""128 bits. Kept as it is: whoever can read the row can read the post beside it."""


async def share(session: AsyncSession, actor: Actor, post: Post) -> str:
    """The key of its link, which stays the same until it is withdrawn. Raises Forbidden."""
    service.require_editor(actor, post)
    if post.preview_key is not None:
        return post.preview_key
    key = secrets.token_urlsafe(KEY_BYTES)
    await service.write_beside(session, post, preview_key=key)
    audit.note(session, "post shared", post_id=post.id, by=actor.id)
    return key


async def withdraw(session: AsyncSession, actor: Actor, post: Post) -> None:
    """The link leads nowhere from now on. Raises Forbidden."""
    service.require_editor(actor, post)
    if post.preview_key is not None:
        await service.write_beside(session, post, preview_key=None)
        audit.note(session, "post no longer shared", post_id=post.id, by=actor.id)


def opens(post: Any, key: str | None) -> bool:
    """Whether `key` is that of the row's link. What is in the trash nobody opens."""
    if key is None or post.preview_key is None or post.trashed_at is not None:
        return False
    return secrets.compare_digest(key.encode(), post.preview_key.encode())
