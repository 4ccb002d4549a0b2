"""Reads of pictures: columns, never entities."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, column, false, func, select, table

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.media.models import Media, MediaUse

Rows = tuple[Sequence[AnyRow], int]

_media = columns(Media)
_use = columns(MediaUse)
_user = columns(User)
_posts = table("posts", *(column(name) for name in ("id", "title", "slug", "user_id", "coauthors", "trashed_at")))
"""Posts are a floor above: of them nothing is known here but where they are."""
_post = _posts.c

_shown = (
    *(_media[name] for name in ("id", "user_id", "name", "width", "height", "bytes", "moves", "alt", "created_at")),
    func.coalesce(_user.profile_picture == _media.name, false()).label("is_portrait"),
)
_with_owner = Media.__table__.outerjoin(User.__table__, _user.id == _media.user_id)
_BY_ID = select(*_shown).select_from(_with_owner).where(_media.id == bindparam("id"))
_OF = (
    select(*_shown)
    .select_from(_with_owner)
    .where(_media.user_id == bindparam("user_id"))
    .order_by(_media.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_NEWEST = _OF.offset(None)
_COUNT_OF = select(func.count()).select_from(Media.__table__).where(_media.user_id == bindparam("user_id"))
_NAMED = select(_media.name, _media.width, _media.height, _media.bytes, _media.moves).where(
    _media.name.in_(bindparam("names", expanding=True))
)
_USES: Any = (
    select(
        _use.name, _use.is_current, _post.id, _post.title, _post.slug, _post.user_id, _post.coauthors, _post.trashed_at
    )
    .join_from(MediaUse.__table__, _posts, _post.id == _use.post_id)
    .where(_use.name.in_(bindparam("names", expanding=True)))
    .order_by(_post.id)
)


async def by_id(db: Database, media_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, id=media_id)


async def of_user(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """Newest first, and how many there are in all."""
    return await db.page(_OF, _COUNT_OF, offset, size, user_id=user_id)


async def newest(db: Database, user_id: int, size: int) -> Sequence[AnyRow]:
    return await db.rows(_NEWEST, user_id=user_id, size=size)


async def named(db: Database, names: Collection[str]) -> Sequence[AnyRow]:
    """The measures of those that are there, whosever they are."""
    return await db.rows(_NAMED, names=sorted(names)) if names else ()


async def uses(db: Database, names: Collection[str]) -> Sequence[AnyRow]:
    """The posts that hold them, each with who wrote it."""
    return await db.rows(_USES, names=sorted(names)) if names else ()
