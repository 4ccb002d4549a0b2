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
from blogapp.posts.models import Post, is_listed

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
    _post.published_at,
    _post.state,
    _post.trashed_at,
    _post.tags,
    _user.username.label("author"),
)
WRITTEN = (*_head, _post.content, _post.format, _post.version)
_whole = (*WRITTEN, _post.html, _post.excerpt, _post.preview_key, _post.series_id)
beginning = func.coalesce(_post.excerpt, func.substr(_post.content, 1, EXCERPT_SOURCE)).label("beginning")
BRIEF = (*_head, beginning)
_with_author = Post.__table__.join(User.__table__, _user.id == _post.user_id)


def newest_first(wanted: tuple[Any, ...], *conditions: Any) -> Select[Any]:
    """Some of the columns in BRIEF and the like, a page of them."""
    return (
        select(*wanted)
        .select_from(_with_author)
        .where(*conditions)
        .order_by(_post.published_at.desc(), _post.id.desc())
        .offset(bindparam("offset"))
        .limit(bindparam("size"))
    )


_of_author = _post.user_id == bindparam("user_id")
_BRIEF = newest_first(BRIEF, is_listed)
_BRIEF_OF = newest_first(BRIEF, is_listed, _of_author)
_WRITTEN = newest_first(WRITTEN, is_listed)
_BY_ID = select(*_whole).select_from(_with_author).where(_post.id == bindparam("id"))
_IN_TRASH = _post.trashed_at.is_not(None)
_THROWN_AWAY = (
    select(*BRIEF)
    .select_from(_with_author)
    .where(_of_author, _IN_TRASH)
    .order_by(_post.trashed_at.desc(), _post.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT = select(func.count()).select_from(Post.__table__).where(is_listed)
_COUNT_OF = _COUNT.where(_of_author)
_EVERY = select(func.count()).select_from(Post.__table__).where(_of_author)
_COUNT_THROWN_AWAY = _EVERY.where(_IN_TRASH)


async def newest(db: Database, offset: int, size: int) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await db.page(_BRIEF, _COUNT, offset, size)


async def newest_of(db: Database, user_id: int, offset: int, size: int) -> Rows:
    return await db.page(_BRIEF_OF, _COUNT_OF, offset, size, user_id=user_id)


async def thrown_away(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """What of theirs is in the trash, last thrown away first."""
    return await db.page(_THROWN_AWAY, _COUNT_THROWN_AWAY, offset, size, user_id=user_id)


async def newest_whole(db: Database, offset: int, size: int) -> Rows:
    return await db.page(_WRITTEN, _COUNT, offset, size)


async def by_id(db: Database, post_id: int) -> AnyRow | None:
    """In whatever state: ask `may_read` of what is to be shown."""
    return await db.row(_BY_ID, id=post_id)


async def count_of(db: Database, user_id: int) -> int:
    """All that they have here, drafts and trash too."""
    return int((await db.rows(_EVERY, user_id=user_id))[0][0])
