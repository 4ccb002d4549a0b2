"""Reads for import and export: columns, never entities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, null, select

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.portability.identity import OF_POST
from blogapp.portability.models import ImportSource
from blogapp.posts.models import Post, Series

_post = columns(Post)
_user = columns(User)
_source = columns(ImportSource)
_series = columns(Series)
_written = (
    *tuple(
        _post[name]
        for name in (
            "id",
            "title",
            "slug",
            "content",
            "format",
            "state",
            "created_at",
            "updated_at",
            "published_at",
            "trashed_at",
            "version",
            "user_id",
            "tags",
            "coauthors",
            "cover",
            "series_position",
        )
    ),
    select(_series.title).where(_series.id == _post.series_id).scalar_subquery().label("series"),
)
_taken = select(*_written, _source.digest, _source.version.label("taken_version"), _source.is_whole).join_from(
    ImportSource.__table__, Post.__table__, _post.id == _source.post_id
)
_BY_ORIGIN = _taken.where(_source.origin == bindparam("origin"))
_BY_DIGEST = _taken.where(_source.digest == bindparam("digest")).order_by(_source.id).limit(1)
_BY_ID = select(*_written, null().label("digest"), null().label("taken_version"), null().label("is_whole")).where(
    _post.id == bindparam("id")
)
_USER = select(_user.id, _user.username).where(func.lower(_user.username) == func.lower(bindparam("name")))
_origins = (_source.post_id == _post.id, _source.origin.startswith(OF_POST))
_ORIGIN = select(func.min(_source.origin)).where(*_origins).scalar_subquery().label("origin")
_DIGEST = select(func.min(_source.digest)).where(*_origins).scalar_subquery().label("digest")


async def by_origin(db: Database, origin: str) -> AnyRow | None:
    """The post that was made of that file, with what the import noted."""
    return await db.row(_BY_ORIGIN, origin=origin)


async def by_digest(db: Database, digest: str) -> AnyRow | None:
    """A post that was made of the same words, wherever they lay."""
    return await db.row(_BY_DIGEST, digest=digest)


async def by_id(db: Database, post_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, id=post_id)


async def user_named(db: Database, name: str) -> AnyRow | None:
    return await db.row(_USER, name=name)


async def count(db: Database, user_id: int | None, states: Collection[str]) -> int:
    return int((await db.rows(_narrowed(select(func.count(_post.id)), user_id, states)))[0][0])


async def after(db: Database, last: int, size: int, user_id: int | None, states: Collection[str]) -> Sequence[AnyRow]:
    """The next posts that are not in the trash, by their ids."""
    posts = select(*_written, _user.username, _ORIGIN, _DIGEST).join_from(
        Post.__table__, User.__table__, _user.id == _post.user_id
    )
    return await db.rows(_narrowed(posts, user_id, states).where(_post.id > last).order_by(_post.id).limit(size))


def _narrowed(query: Select[Any], user_id: int | None, states: Collection[str]) -> Select[Any]:
    query = query.where(_post.trashed_at.is_(None))
    query = query if user_id is None else query.where(_post.user_id == user_id)
    return query.where(_post.state.in_(states)) if states else query
