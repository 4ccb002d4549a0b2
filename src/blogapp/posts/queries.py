"""Reads of posts: columns, never entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from blogapp.accounts.models import User
from blogapp.infra.db import AnyRow
from blogapp.posts.models import Post

EXCERPT_SOURCE = 600
"""Characters of a text that lists read to make an excerpt of."""

_AUTHOR = User.username.label("author")
_HEAD = (Post.id, Post.title, Post.slug, Post.user_id, Post.created_at, Post.updated_at, _AUTHOR)
_WHOLE = (*_HEAD, Post.content, Post.version, User.version.label("author_version"))
_BRIEF = (*_HEAD, func.substr(Post.content, 1, EXCERPT_SOURCE).label("content"))

Rows = tuple[Sequence[AnyRow], int]


async def newest(connection: AsyncConnection, offset: int, size: int, *, user_id: int | None = None) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await _listed(connection, _BRIEF, offset, size, user_id)


async def newest_whole(connection: AsyncConnection, offset: int, size: int) -> Rows:
    return await _listed(connection, _WHOLE, offset, size, None)


async def by_id(connection: AsyncConnection, post_id: int) -> AnyRow | None:
    query = select(*_WHOLE).join(User, User.id == Post.user_id).where(Post.id == post_id)
    return (await connection.execute(query)).one_or_none()


async def count_of(connection: AsyncConnection, user_id: int) -> int:
    return await connection.scalar(select(func.count()).where(Post.user_id == user_id)) or 0


async def _listed(
    connection: AsyncConnection, columns: tuple[Any, ...], offset: int, size: int, user_id: int | None
) -> Rows:
    rows = (await connection.execute(_list(columns, user_id).offset(offset).limit(size))).all()
    return rows, rows[0].total if rows else 0


def _list(columns: tuple[Any, ...], user_id: int | None) -> Select[Any]:
    """One statement for the rows and the total: on SQLite each statement costs a change of threads."""
    mine = [Post.user_id == user_id] if user_id is not None else []
    total = select(func.count()).select_from(Post).where(*mine).scalar_subquery()
    return (
        select(*columns, total.label("total"))
        .join(User, User.id == Post.user_id)
        .where(*mine)
        .order_by(Post.created_at.desc(), Post.id.desc())
    )
