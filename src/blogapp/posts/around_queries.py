"""Reads of what stands around a post: what appeared before and after it, and what is about the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.labels import unpack
from blogapp.posts.models import PUBLISHED, Post, is_listed, listed
from blogapp.posts.queries import AUTHOR_NAME, WHOLE
from blogapp.tags.models import PostTag

MOST_RELATED = 3
MOST_COMPARED = 100
"""Of each of its tags, the newest posts: what is about the same is looked for among these."""

_post = columns(Post)
_user = columns(User)
_use = columns(PostTag)
_older, _newer = Post.__table__.alias("older"), Post.__table__.alias("newer")
_candidate = Post.__table__.alias("candidate")
_place = (_candidate.c.published_at, _candidate.c.id)
_here = tuple_(_post.published_at, _post.id)


def _nearest(*order: Any, beyond: Any) -> Any:
    candidates = select(_candidate.c.id).where(listed(_candidate.c), beyond).order_by(*order).limit(1)
    return candidates.correlate(Post.__table__).scalar_subquery()


_before = _nearest(*(one.desc() for one in _place), beyond=tuple_(*_place) < _here)
_after = _nearest(*(one.asc() for one in _place), beyond=tuple_(*_place) > _here)
_BY_ID = (
    select(
        *WHOLE,
        *(side.c[name].label(f"{side.name}_{name}") for side in (_older, _newer) for name in ("id", "title", "slug")),
    )
    .select_from(
        Post.__table__.join(User.__table__, _user.id == _post.user_id)
        .outerjoin(_older, is_listed & (_older.c.id == _before))
        .outerjoin(_newer, is_listed & (_newer.c.id == _after))
    )
    .where(_post.id == bindparam("id"))
)

_BESIDE = select(_before, _after).where(_post.id == bindparam("id"))


async def by_id(db: Database, post_id: int) -> AnyRow | None:
    """As `queries.by_id`, with `older_` and `newer_` of the posts that appeared next to it."""
    return await db.row(_BY_ID, id=post_id)


async def related(db: Database, post: Any) -> Sequence[AnyRow]:
    """Listed posts that have most tags in common with it, the newer first of equals; asked only for one that has tags."""
    labels = unpack(post.tags) if post.tags and post.state == PUBLISHED else ()
    if not labels:
        return ()
    given = {f"tag_{place}": label.id for place, label in enumerate(labels)}
    return await db.rows(_sharing(len(labels)), id=post.id, **given)


async def beside(session: AsyncSession, post: Post) -> frozenset[int]:
    """The same inside the transaction that has the post: whose pages tell of it."""
    found = (await session.execute(_BESIDE, {"id": post.id})).one()
    return frozenset(one for one in found if one is not None)


def shown(post: Any, related: Sequence[AnyRow]) -> Iterator[str]:
    """What a kept page of the post tells of others, as the tags by which it is forgotten."""
    ids = [one for one in (post.older_id, post.newer_id, *(one.id for one in related)) if one]
    yield from (f"post:{one}" for one in ids)
    yield from (f"tag:{label.id}" for label in unpack(post.tags))
    if ids:
        yield "authors"
    if post.newer_id is None:
        yield "home"


@lru_cache
def _sharing(number: int) -> Select[Any]:
    """Each tag's newest uses are read by its index, however many there are."""
    uses = union_all(*(select(_newest(place).c.post_id) for place in range(number))).subquery()
    shared = select(uses.c.post_id, func.count().label("number")).group_by(uses.c.post_id).subquery()
    return (
        select(_post.id, _post.title, _post.slug, _post.published_at, _user.username.label("author"), AUTHOR_NAME)
        .select_from(
            shared.join(Post.__table__, _post.id == shared.c.post_id).join(User.__table__, _user.id == _post.user_id)
        )
        .where(is_listed)
        .order_by(shared.c.number.desc(), _post.published_at.desc(), _post.id.desc())
        .limit(MOST_RELATED)
    )


def _newest(place: int) -> Any:
    same = (_use.tag_id == bindparam(f"tag_{place}"), _use.post_id != bindparam("id"))
    return select(_use.post_id).where(*same).order_by(_use.post_id.desc()).limit(MOST_COMPARED).subquery()
