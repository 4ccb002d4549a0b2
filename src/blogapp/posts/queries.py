"""Reads of posts: columns, never entities.

The statements are made once. SQLAlchemy finds what it compiled for the same object at once; made anew for each
request they cost more than the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, bindparam, func, select

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, PostAuthor, is_counted, is_listed, listed

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
    _post.coauthors,
    _post.cover,
    _user.username.label("author"),
)
WRITTEN = (*_head, _post.content, _post.format, _post.version)
beginning = func.coalesce(_post.excerpt, func.substr(_post.content, 1, EXCERPT_SOURCE)).label("beginning")
AUTHOR_NAME = func.coalesce(_user.profile_name, _user.username).label("author_name")
WHOLE = (
    *(
        *WRITTEN,
        AUTHOR_NAME,
        _user.profile_picture.label("author_picture"),
        _post.html,
        _post.excerpt,
        _post.preview_key,
        _post.series_id,
        _post.pinned_at,
    ),
    *(_post.comments_count, _post.comments_closed_at, _post.likes_count),
)
BRIEF = (*_head, AUTHOR_NAME, beginning)
WITH_AUTHOR = Post.__table__.join(User.__table__, _user.id == _post.user_id)


def or_joined(own: Subquery) -> ColumnElement[bool]:
    """Of the account `user_id`: these of what they began, and all that they write along."""
    found: ColumnElement[bool] = _post.id.in_(select(own.c.id).union_all(_joined))
    return found


def newest_first(wanted: tuple[Any, ...], *conditions: Any) -> Select[Any]:
    """Some of the columns in BRIEF and the like, a page of them."""
    return (
        select(*wanted)
        .select_from(WITH_AUTHOR)
        .where(*conditions)
        .order_by(_post.published_at.desc(), _post.id.desc())
        .offset(bindparam("offset"))
        .limit(bindparam("size"))
    )


_own = Post.__table__.alias("own")
_by = columns(PostAuthor)
_user_id = bindparam("user_id", type_=Integer)
_joined = select(_by.post_id).where(_by.user_id == _user_id, _by.accepted_at.is_not(None))
written_by = _post.id.in_(select(_own.c.id).where(_own.c.user_id == _user_id).union_all(_joined))
"""Of the account `user_id`, alone or with others. An OR of both would read every post."""
is_joined = and_(_post.user_id != _user_id, _post.id.in_(_joined))
"""What somebody else began and they write along."""
_newest_own = (
    select(_own.c.id)
    .where(listed(_own.c), _own.c.user_id == _user_id)
    .order_by(_own.c.published_at.desc(), _own.c.id.desc())
    .limit(bindparam("offset", type_=Integer) + bindparam("size", type_=Integer))
    .subquery()
)
newest_by = or_joined(_newest_own)
"""Of what they wrote alone no more than could be on the page that is asked for."""
_BRIEF = newest_first(BRIEF, is_listed)
_BRIEF_OF = newest_first(BRIEF, is_listed, newest_by)
_newest = (
    select(_own.c.id)
    .where(listed(_own.c))
    .order_by(_own.c.published_at.desc(), _own.c.id.desc())
    .limit(bindparam("size", type_=Integer))
    .subquery()
)
_pinned = Post.__table__.alias("pinned")
_pinned_ids = select(_pinned.c.id).where(listed(_pinned.c), _pinned.c.pinned_at.is_not(None))
_FRONT = (
    select(*BRIEF, _post.pinned_at)
    .select_from(WITH_AUTHOR)
    .where(_post.id.in_(select(_newest.c.id).union_all(_pinned_ids)))
    .order_by(_post.pinned_at.desc().nulls_last(), _post.published_at.desc(), _post.id.desc())
)
_WRITTEN = newest_first(WRITTEN, is_listed)
_BY_ID = select(*WHOLE).select_from(WITH_AUTHOR).where(_post.id == bindparam("id"))
_IN_TRASH = _post.trashed_at.is_not(None)
_THROWN_AWAY = (
    select(*BRIEF)
    .select_from(WITH_AUTHOR)
    .where(written_by, _IN_TRASH)
    .order_by(_post.trashed_at.desc(), _post.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT = select(func.count()).select_from(Post.__table__).where(is_counted)
_COUNT_OWN = select(func.count()).select_from(_own).where(listed(_own.c), _own.c.user_id == _user_id)
_COUNT_JOINED = select(func.count()).select_from(Post.__table__).where(is_listed, is_joined)
_COUNT_OF = select(_COUNT_OWN.scalar_subquery() + _COUNT_JOINED.scalar_subquery())
_COUNT_THROWN_AWAY = select(func.count()).select_from(Post.__table__).where(written_by, _IN_TRASH)
_COUNT_ALONE = (
    select(func.count()).select_from(Post.__table__).where(_post.user_id == _user_id, _post.coauthors.is_(None))
)


async def newest(db: Database, offset: int, size: int) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await db.page(_BRIEF, _COUNT, offset, size)


async def front(db: Database, size: int) -> Rows:
    """What is pinned, whenever it appeared, and then the newest."""
    return await db.page(_FRONT, _COUNT, 0, size)


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


async def count_alone(db: Database, user_id: int) -> int:
    """All that nobody else wrote along, drafts and trash too."""
    return int((await db.rows(_COUNT_ALONE, user_id=user_id))[0][0])
