"""Reads of all that has a public page, a range of ids at a time: for who looks at everything, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from blogapp.accounts.models import User
from blogapp.infra.db import Base, Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, Series, is_listed
from blogapp.tags.models import PostTag, Tag

A_RANGE = 10_000
"""Ids. Protocols allow five times as many addresses in one document; this many are read in a tenth of a second."""

_post = columns(Post)
_tagged = columns(PostTag)
_changed = func.max(_post.updated_at, type_=_post.updated_at.type).label("changed")


def _in_range(id: Any) -> tuple[Any, Any]:
    return id > bindparam("after"), id <= bindparam("last")


def _grouped(model: type[Base], name: str, joined: Any) -> Select[Any]:
    """What has a listed post, and when the last of these was changed."""
    row = columns(model)
    shown = select(row.id, row[name].label("name"), _changed).select_from(joined)
    return shown.where(is_listed, *_in_range(row.id)).group_by(row.id, row[name]).order_by(row.id)


_uses = Tag.__table__.join(PostTag.__table__, _tagged.tag_id == columns(Tag).id)
_RANGES = {
    "posts": select(_post.id, _post.slug.label("name"), _post.updated_at.label("changed"))
    .where(is_listed, *_in_range(_post.id))
    .order_by(_post.id),
    "authors": _grouped(User, "username", User.__table__.join(Post.__table__, _post.user_id == columns(User).id)),
    "tags": _grouped(Tag, "slug", _uses.join(Post.__table__, _post.id == _tagged.post_id)),
    "series": _grouped(Series, "slug", Series.__table__.join(Post.__table__, _post.series_id == columns(Series).id)),
}
_LAST = select(
    *(
        select(func.coalesce(func.max(columns(model).id), 0)).scalar_subquery().label(kind)
        for kind, model in {"posts": Post, "authors": User, "tags": Tag, "series": Series}.items()
    )
)


async def ranges(db: Database) -> dict[str, int]:
    """How many ranges of ids there are of each kind, at least one."""
    (row,) = await db.rows(_LAST)
    return {kind: max(1, -(-last // A_RANGE)) for kind, last in row._asdict().items()}


async def in_range(db: Database, kind: str, number: int) -> Sequence[AnyRow]:
    """`id`, `name` in its address and when it `changed`, of the range with that number, from 1."""
    after = (number - 1) * A_RANGE
    return await db.rows(_RANGES[kind], after=after, last=after + A_RANGE)
