"""What waits for an author: two statements, whatever there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, or_, select

from blogapp.infra.db import Database, columns, now
from blogapp.infra.reads import AnyRow
from blogapp.media.models import Media
from blogapp.posts.models import DRAFT, SCHEDULED, Post, WorkingCopy
from blogapp.posts.queries import or_joined

UNTOUCHED = timedelta(days=14)
"""After which a draft may have been forgotten."""

_post = columns(Post)
_copy = columns(WorkingCopy)
_media = columns(Media)
_moment = case((_post.state == SCHEDULED, _post.published_at), else_=_post.updated_at)
_waits = or_(
    _post.state == SCHEDULED,
    and_(_post.state == DRAFT, _post.updated_at < bindparam("since", type_=_post.updated_at.type)),
)
_own = Post.__table__.alias("own")
_is_own = _own.c.user_id == bindparam("user_id", type_=Integer)
_may_wait = (_is_own, _own.c.trashed_at.is_(None), _own.c.state.in_((DRAFT, SCHEDULED)))
_POSTS = (
    select(
        _post.id,
        _post.title,
        _post.state,
        _moment.label("moment"),
        func.count().over(partition_by=_post.state).label("number"),
        func.row_number().over(partition_by=_post.state, order_by=(_moment, _post.id)).label("place"),
    )
    .where(or_joined(select(_own.c.id).where(*_may_wait).subquery()), _post.trashed_at.is_(None), _waits)
    .subquery()
)
_FIRST = select(_POSTS).where(_POSTS.c.place == 1)
_typed = and_(_copy.user_id == bindparam("user_id"), or_(_copy.title != "", _copy.content != ""))
_undescribed = and_(_media.user_id == bindparam("user_id"), _media.alt == "")
_asked_about = select(_own.c.id).where(_is_own, _own.c.comments_waiting > literal_column("0")).subquery()
"""Word for word the condition of an index."""
_NUMBERS = select(
    select(func.count(_copy.id)).where(_typed).scalar_subquery().label("unsaved"),
    select(func.count(_media.id)).where(_undescribed).scalar_subquery().label("undescribed"),
    select(func.sum(_post.comments_waiting)).where(or_joined(_asked_about)).scalar_subquery().label("comments"),
)


@dataclass(frozen=True, slots=True)
class First:
    """Of `number` posts that wait in the same way, the one to look at first, and when it appears or was last touched."""

    id: int
    title: str
    moment: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    next_scheduled: First | None
    untouched_draft: First | None
    unsaved: int
    undescribed: int
    comments: int


async def of(db: Database, user_id: int) -> Waiting:
    posts = await db.rows(_FIRST, user_id=user_id, since=now() - UNTOUCHED)
    numbers = (await db.rows(_NUMBERS, user_id=user_id))[0]
    found = {row.state: _first(row) for row in posts}
    return Waiting(found.get(SCHEDULED), found.get(DRAFT), numbers.unsaved, numbers.undescribed, numbers.comments or 0)


def _first(row: AnyRow) -> First:
    return First(row.id, row.title, row.moment, row.number)
