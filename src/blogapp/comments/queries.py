"""Reads of comments: columns, never entities."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.comments.models import DELETED, HIDDEN, SHOWN, WAITING, Comment, CommentReport
from blogapp.comments.schemas import Waiting
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, is_listed
from blogapp.posts.queries import Rows, written_by

THREADS_A_PAGE = 50
MOST_REPLIES = 1000
"""Of the threads of one page at once, oldest first: a page has an end, whatever people do."""

IN_FEED = 20

_comment, _user, _post = columns(Comment), columns(User), columns(Post)
_report = columns(CommentReport)
_below = Comment.__table__.alias("below")
_me = bindparam("me", type_=Integer)
_with_writer = Comment.__table__.outerjoin(User.__table__, _user.id == _comment.user_id)
_said = (
    *(_comment[name] for name in ("id", "post_id", "user_id", "parent_id", "root_id", "state", "content", "html")),
    *(_comment[name] for name in ("tells", "created_at", "edited_at", "version")),
    _user.username.label("author"),
    func.coalesce(_user.profile_name, _user.username).label("name"),
)
_waits = _comment.state == literal_column(f"'{WAITING}'")
"""Word for word the condition of an index."""
_of_post = (_comment.post_id == bindparam("post_id"), _comment.root_id.is_(None))
_in_threads = _comment.root_id.in_(bindparam("roots", expanding=True))
_BY_ID = (
    select(*_said, _post.title, _post.slug)
    .select_from(_with_writer.join(Post.__table__, _post.id == _comment.post_id))
    .where(_comment.id == bindparam("id"))
)
_REPLIES = (
    select(*_said)
    .select_from(_with_writer)
    .where(_in_threads)
    .order_by(_comment.id)
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT_REPLIES = select(func.count()).where(_in_threads, _comment.id < bindparam("id"))
_BY_IDS = select(*_said).select_from(_with_writer).where(_comment.id.in_(bindparam("ids", expanding=True)))
_newest = (
    select(*_said, _post.title, _post.slug)
    .select_from(_with_writer.join(Post.__table__, _post.id == _comment.post_id))
    .where(_comment.state == SHOWN)
    .order_by(_comment.id.desc())
    .limit(IN_FEED)
)
_NEWEST = _newest.where(is_listed)
_NEWEST_UNDER = _newest.where(_comment.post_id == bindparam("post_id"))


class Wanted(NamedTuple):
    """The comments of which post, for whom, in which order."""

    post_id: int
    reader: Actor
    moderates: bool
    newest: bool
    answers: int = 1
    """Which part of the replies, where there are more than `MOST_REPLIES`."""


async def page(db: Database, wanted: Wanted, offset: int, size: int) -> tuple[Sequence[AnyRow], Sequence[AnyRow], int]:
    """Comments that begin a thread, a part of the replies to all these and one more, and how many threads there are."""
    rows, count = _roots(wanted.moderates, wanted.newest)
    given = {"post_id": wanted.post_id, "me": wanted.reader.id or 0}
    roots, total = await db.page(rows, count, offset, size, **given)
    part = {"offset": (wanted.answers - 1) * MOST_REPLIES, "size": MOST_REPLIES + 1}
    replies = await db.rows(_REPLIES, roots=[row.id for row in roots], **part) if roots else ()
    return roots, replies, total


async def answered(db: Database, replies: Sequence[AnyRow]) -> Sequence[AnyRow]:
    """What is answered by these and not among them, oldest first."""
    ids = {row.parent_id for row in replies} - {row.id for row in replies}
    return sorted(await db.rows(_BY_IDS, ids=list(ids)), key=lambda row: row.id) if ids else ()


async def newest(db: Database) -> Sequence[AnyRow]:
    """Of all listed posts, with the `title` and `slug` of each."""
    return await db.rows(_NEWEST)


async def newest_under(db: Database, post_id: int) -> Sequence[AnyRow]:
    return await db.rows(_NEWEST_UNDER, post_id=post_id)


async def by_id(db: Database, comment_id: int) -> AnyRow | None:
    """In whatever state, with `title` and `slug` of its post."""
    return await db.row(_BY_ID, id=comment_id)


async def place(db: Database, row: Any, reader: Actor, *, moderates: bool) -> tuple[int, int]:
    """On which page it is for this reader, oldest first, and in which part of the replies there."""
    rows, count = _roots(moderates, newest=False)
    given: dict[str, object] = {"post_id": row.post_id, "me": reader.id or 0}
    before = int((await db.rows(count.where(_comment.id < (row.root_id or row.id)), **given))[0][0])
    number = before // THREADS_A_PAGE
    if row.root_id is None:
        return number + 1, 1
    roots = await db.rows(rows, **given, offset=number * THREADS_A_PAGE, size=THREADS_A_PAGE)
    replies = int((await db.rows(_COUNT_REPLIES, roots=[root.id for root in roots], id=row.id))[0][0])
    return number + 1, replies // MOST_REPLIES + 1


async def to_moderate(db: Database, moderator: Actor, kind: Waiting, offset: int, size: int) -> Rows:
    """What waits, or was reported and is shown, under the posts that are theirs to look after; oldest first."""
    rows, count = _moderated(kind, moderator.is_admin)
    return await db.page(rows, count, offset, size, **({} if moderator.is_admin else {"user_id": moderator.id}))


async def reasons(db: Database, comment_ids: Sequence[int]) -> Sequence[AnyRow]:
    """What was given with reports of these."""
    if not comment_ids:
        return ()
    query = select(_report.comment_id, _report.reason).where(_report.comment_id.in_(comment_ids), _report.reason != "")
    return await db.rows(query.order_by(_report.reported_at))


def _readable(comment: Any, *, moderates: bool) -> ColumnElement[bool]:
    if moderates:
        return comment.state != DELETED  # type: ignore[no-any-return]  # columns are Any
    return or_(comment.state == SHOWN, and_(comment.user_id == _me, comment.state.in_((WAITING, HIDDEN))))


@lru_cache
def _roots(moderates: bool, newest: bool) -> tuple[Select[Any], Select[Any]]:  # noqa: FBT001  # a cache's key
    """Also those that say nothing to this reader, where a reply does."""
    below = (_below.c.post_id == bindparam("post_id"), _below.c.root_id == _comment.id)
    replied = exists().where(*below, _readable(_below.c, moderates=moderates))
    conditions = (*_of_post, or_(_readable(_comment, moderates=moderates), replied))
    rows = select(*_said).select_from(_with_writer).where(*conditions)
    rows = rows.order_by(_comment.id.desc() if newest else _comment.id)
    count = select(func.count()).select_from(Comment.__table__).where(*conditions)
    return rows.offset(bindparam("offset")).limit(bindparam("size")), count


@lru_cache
def _moderated(kind: Waiting, everywhere: bool) -> tuple[Select[Any], Select[Any]]:  # noqa: FBT001  # a cache's key
    number = select(func.count()).where(_report.comment_id == _comment.id).scalar_subquery()
    reported = _comment.id.in_(select(_report.comment_id))
    which = _waits if kind == WAITING else and_(_comment.state == SHOWN, reported)
    conditions = [which, _post.trashed_at.is_(None), *([] if everywhere else [written_by])]
    source = _with_writer.join(Post.__table__, _post.id == _comment.post_id)
    rows = select(*_said, _post.title, _post.slug, number.label("reports")).select_from(source).where(*conditions)
    count = select(func.count()).select_from(source).where(*conditions)
    return rows.order_by(_comment.id).offset(bindparam("offset")).limit(bindparam("size")), count
