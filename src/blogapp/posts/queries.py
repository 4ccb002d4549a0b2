"""Reads of posts: columns, never entities.

The statements are made once. SQLAlchemy finds what it compiled for the same object at once; made anew for each
request they cost more than the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post

EXCERPT_SOURCE = 600
"""Characters of a text that lists read to make an excerpt of."""

Rows = tuple[Sequence[AnyRow], int]

_post = columns(Post)
_user = columns(User)
_head = (
    _post.id,
    _post.title,
    _post.slug,
    _post.user_id,
    _post.created_at,
    _post.updated_at,
    _user.username.label("author"),
)
_whole = (*_head, _post.content, _post.version)
_brief = (*_head, func.substr(_post.content, 1, EXCERPT_SOURCE).label("content"))
_with_author = Post.__table__.join(User.__table__, _user.id == _post.user_id)


def _newest(wanted: tuple[Any, ...], *conditions: Any) -> Select[Any]:
    return (
        select(*wanted)
        .select_from(_with_author)
        .where(*conditions)
        .order_by(_post.created_at.desc(), _post.id.desc())
        .offset(bindparam("offset"))
        .limit(bindparam("size"))
    )


_of_author = _post.user_id == bindparam("user_id")
_BRIEF = _newest(_brief)
_BRIEF_OF = _newest(_brief, _of_author)
_WHOLE = _newest(_whole)
_BY_ID = select(*_whole).select_from(_with_author).where(_post.id == bindparam("id"))
_COUNT = select(func.count()).select_from(Post.__table__)
_COUNT_OF = _COUNT.where(_of_author)


async def newest(db: Database, offset: int, size: int) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await db.page(_BRIEF, _COUNT, offset, size)


async def newest_of(db: Database, user_id: int, offset: int, size: int) -> Rows:
    return await db.page(_BRIEF_OF, _COUNT_OF, offset, size, user_id=user_id)


async def newest_whole(db: Database, offset: int, size: int) -> Rows:
    return await db.page(_WHOLE, _COUNT, offset, size)


async def by_id(db: Database, post_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, id=post_id)


async def count_of(db: Database, user_id: int) -> int:
    return int((await db.rows(_COUNT_OF, user_id=user_id))[0][0])
