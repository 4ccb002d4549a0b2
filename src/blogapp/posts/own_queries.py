"""What its author sees of everything they write: by state, by words, in the order they like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.posts.models import Post, State
from blogapp.posts.queries import AUTHOR_NAME, Rows, beginning, is_joined, or_joined, written_by

Sort = Literal["newest", "oldest", "edited", "title"]

_post = columns(Post)
_user = columns(User)
_shown = (
    _post.id,
    _post.title,
    _post.slug,
    _post.state,
    _post.created_at,
    _post.updated_at,
    _post.published_at,
    _post.user_id,
    _post.coauthors,
    _user.username.label("author"),
    AUTHOR_NAME,
    beginning,
)
_state = case((_post.trashed_at.is_not(None), "trash"), else_=_post.state).label("state")
_own = Post.__table__.alias("own")
_is_own = _own.c.user_id == bindparam("user_id", type_=Integer)
_BY_MOMENT: frozenset[Sort] = frozenset({"newest", "oldest"})
"""Orders that an index has."""
_states = union_all(
    select(_own.c.state.label("state")).where(_is_own, _own.c.trashed_at.is_(None)),
    select(literal("trash").label("state")).where(_is_own, _own.c.trashed_at.is_not(None)),
    select(_state).where(is_joined),
).subquery()
_COUNTS = select(_states.c.state, func.count()).group_by(_states.c.state)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`words` are looked for in titles and texts, as they stand."""

    state: State | None = None
    words: str = ""
    sort: Sort = "newest"


async def listed(db: Database, user_id: int, wanted: Wanted, offset: int, size: int) -> Rows:
    """Without what is in the trash."""
    given: dict[str, object] = {"user_id": user_id}
    if wanted.words:
        given["pattern"] = f"%{_literal(wanted.words.lower())}%"
    if wanted.state:
        given["state"] = wanted.state
    rows, count = _statements(wanted.state is not None, bool(wanted.words), wanted.sort)
    return await db.page(rows, count, offset, size, **given)


async def counts(db: Database, user_id: int) -> Mapping[str, int]:
    """How many there are in each state, and in the trash."""
    return {str(state): int(number) for state, number in await db.rows(_COUNTS, user_id=user_id)}


@lru_cache
def _statements(of_state: bool, with_words: bool, sort: Sort) -> tuple[Select[Any], Select[Any]]:  # noqa: FBT001  # a cache's key
    own, every = _wanted(_own, of_state=of_state), _wanted(Post.__table__, of_state=of_state)
    if with_words:
        texts = (func.lower(column).like(bindparam("pattern"), escape="\\") for column in (_post.title, _post.content))
        every.append(or_(*texts))
    rows = (
        select(*_shown)
        .join_from(Post.__table__, User.__table__, _user.id == _post.user_id)
        .where(written_by if with_words or sort not in _BY_MOMENT else _first(own, sort), *every)
        .order_by(*_order(Post.__table__, sort))
        .offset(bindparam("offset"))
        .limit(bindparam("size"))
    )
    if with_words:
        return rows, select(func.count()).select_from(Post.__table__).where(written_by, *every)
    begun = select(func.count()).select_from(_own).where(_is_own, *own)
    joined = select(func.count()).select_from(Post.__table__).where(is_joined, *every)
    return rows, select(begun.scalar_subquery() + joined.scalar_subquery())


def _wanted(posts: FromClause, *, of_state: bool) -> list[ColumnElement[bool]]:
    state = [posts.c.state == bindparam("state")] if of_state else []
    return [posts.c.trashed_at.is_(None), *state]


def _order(posts: FromClause, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    moment = func.coalesce(posts.c.published_at, posts.c.created_at)
    orders: dict[Sort, tuple[ColumnElement[Any], ...]] = {
        "newest": (moment.desc(), posts.c.id.desc()),
        "oldest": (moment, posts.c.id),
        "edited": (posts.c.updated_at.desc(), posts.c.id.desc()),
        "title": (func.lower(posts.c.title), posts.c.id),
    }
    return orders[sort]


def _first(own: Sequence[ColumnElement[bool]], sort: Sort) -> ColumnElement[bool]:
    """No more of what they began than could be on the page that is asked for."""
    most = bindparam("offset", type_=Integer) + bindparam("size", type_=Integer)
    return or_joined(select(_own.c.id).where(_is_own, *own).order_by(*_order(_own, sort)).limit(most).subquery())


def _literal(words: str) -> str:
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
