"""What its author sees of everything they write: by state, by words, in the order they like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.posts.models import Post, State
from blogapp.posts.queries import Rows, beginning, written_by

Sort = Literal["newest", "oldest", "edited", "title"]

_post = columns(Post)
_user = columns(User)
_moment = func.coalesce(_post.published_at, _post.created_at)
_orders: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    "newest": (_moment.desc(), _post.id.desc()),
    "oldest": (_moment, _post.id),
    "edited": (_post.updated_at.desc(), _post.id.desc()),
    "title": (func.lower(_post.title), _post.id),
}
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
    beginning,
)
_state = case((_post.trashed_at.is_not(None), "trash"), else_=_post.state).label("state")
_COUNTS = select(_state, func.count()).where(written_by).group_by(_state)


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
    conditions = [written_by, _post.trashed_at.is_(None)]
    if of_state:
        conditions.append(_post.state == bindparam("state"))
    if with_words:
        texts = (func.lower(column).like(bindparam("pattern"), escape="\\") for column in (_post.title, _post.content))
        conditions.append(or_(*texts))
    rows = (
        select(*_shown)
        .join_from(Post.__table__, User.__table__, _user.id == _post.user_id)
        .where(*conditions)
        .order_by(*_orders[sort])
    )
    count = select(func.count()).select_from(Post.__table__).where(*conditions)
    return rows.offset(bindparam("offset")).limit(bindparam("size")), count


def _literal(words: str) -> str:
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
