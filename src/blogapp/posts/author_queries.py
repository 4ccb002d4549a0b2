"""Reads of who writes a post together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, PostAuthor

MOST_SHOWN = 100

_post = columns(Post)
_user = columns(User)
_by = columns(PostAuthor)
_OF_POST = (
    select(_user.id, _user.username, _by.invited_by, _by.invited_at, _by.accepted_at)
    .select_from(PostAuthor.__table__.join(User.__table__, _user.id == _by.user_id))
    .where(_by.post_id == bindparam("post_id"))
    .order_by(_by.invited_at, _user.id)
)
_OPEN = (
    select(_by.post_id, _post.title, _user.username.label("author"), _by.invited_at)
    .select_from(
        PostAuthor.__table__.join(Post.__table__, _post.id == _by.post_id).join(
            User.__table__, _user.id == _post.user_id
        )
    )
    .where(_by.user_id == bindparam("user_id"), _by.accepted_at.is_(None), _post.trashed_at.is_(None))
    .order_by(_by.invited_at, _by.post_id)
    .limit(MOST_SHOWN)
)


async def asked(db: Database, post_id: int) -> Sequence[AnyRow]:
    """Everybody but the first author, in the order in which they were asked."""
    return await db.rows(_OF_POST, post_id=post_id)


async def invitations(db: Database, user_id: int) -> Sequence[AnyRow]:
    """What the account has not yet answered."""
    return await db.rows(_OPEN, user_id=user_id)
