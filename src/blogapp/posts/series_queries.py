"""Reads of series and of what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, Series, is_listed
from blogapp.posts.queries import AUTHOR_NAME, Rows

MOST_OWN = 500

_post = columns(Post)
_series = columns(Series)
_user = columns(User)
_order = (_post.series_position, _post.id)
_of_series = _post.series_id == bindparam("series_id")
_number = func.count(case((is_listed, _post.id))).label("number")
_with_author = Series.__table__.join(User.__table__, _user.id == _series.user_id)
_SHOWN = (
    select(*_series, _user.username.label("author"), AUTHOR_NAME, _number)
    .select_from(_with_author.outerjoin(Post.__table__, _post.series_id == _series.id))
    .group_by(*_series, _user.username, _user.profile_name)
)
_BY_SLUG = _SHOWN.where(_series.slug == bindparam("slug", type_=String))
_BY_ID = _SHOWN.where(_series.id == bindparam("id"))
_may_be_seen = or_(_number > 0, _series.user_id == bindparam("user_id"))
_LIST = (
    _SHOWN.having(_may_be_seen)
    .order_by(_series.created_at.desc(), _series.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_in_it = select(_post.id).where(_post.series_id == _series.id, is_listed).exists()
_COUNT = select(func.count()).select_from(Series.__table__).where(or_(_in_it, _series.user_id == bindparam("user_id")))
_OWN = (
    select(_series.id, _series.title, _series.slug, _series.description, _number)
    .select_from(Series.__table__.outerjoin(Post.__table__, _post.series_id == _series.id))
    .where(_series.user_id == bindparam("user_id"))
    .group_by(*_series)
    .order_by(func.lower(_series.title), _series.id)
    .limit(MOST_OWN)
)
_head = (_post.id, _post.title, _post.slug, _post.state, _post.published_at)
_LISTED_POSTS = select(*_head).where(_of_series, is_listed).order_by(*_order)
_POSTS = select(*_head).where(_of_series, _post.trashed_at.is_(None)).order_by(*_order)


def _beside(function: Any, name: str) -> Any:
    """A column of the post before or after."""
    return [function(_post[one]).over(order_by=_order).label(f"{name}_{one}") for one in ("id", "title", "slug")]


_parts = (
    select(
        _post.id,
        func.row_number().over(order_by=_order).label("position"),
        func.count().over().label("parts"),
        *_beside(func.lag, "previous"),
        *_beside(func.lead, "next"),
    )
    .where(_of_series, is_listed)
    .subquery()
)
_PART = (
    select(_series.id, _series.title, _series.slug, *(one for one in _parts.c if one.name != "id"))
    .select_from(Series.__table__.outerjoin(_parts, _parts.c.id == bindparam("post_id")))
    .where(_series.id == bindparam("series_id"))
)


async def by_slug(db: Database, slug: str) -> AnyRow | None:
    return await db.row(_BY_SLUG, slug=slug) if slug.isascii() and slug.isprintable() else None


async def by_id(db: Database, series_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, id=series_id)


async def listed(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """With a listed post in them, or of that account; newest first."""
    return await db.page(_LIST, _COUNT, offset, size, user_id=user_id)


async def own(db: Database, user_id: int) -> Sequence[AnyRow]:
    """By title."""
    return await db.rows(_OWN, user_id=user_id)


async def posts_of(db: Database, series_id: int, *, with_hidden: bool) -> Sequence[AnyRow]:
    """In their order. What is hidden is for its author."""
    return await db.rows(_POSTS if with_hidden else _LISTED_POSTS, series_id=series_id)


async def part(db: Database, post: Any) -> AnyRow | None:
    """Where the post stands in its series, and what is before and after it; asked only for one that is in a series."""
    if post.series_id is None:
        return None
    return await db.row(_PART, series_id=post.series_id, post_id=post.id)


async def part_held(session: AsyncSession, post: Post) -> Any:
    """The same, inside the transaction that has the post."""
    if post.series_id is None:
        return None
    return (await session.execute(_PART, {"series_id": post.series_id, "post_id": post.id})).first()
