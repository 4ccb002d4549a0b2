"""Acts on series: made, changed, put in order, and which one a post is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.errors import Forbidden, Invalid, NotFound, Unauthenticated, Unavailable, Violation
from blogapp.infra import audit, slugs
from blogapp.infra.db import insert_into, now
from blogapp.infra.events import tell
from blogapp.labels import numbered
from blogapp.posts.events import SeriesChanged
from blogapp.posts.models import Post, Series, is_listed, owns
from blogapp.posts.series_schemas import MOST_PARTS, SeriesChange, SeriesDraft
from blogapp.text import address

TRIES = 5
"""Of making a series whose address others take at the same moment."""

NO_SERIES = "There is no such series."
NOT_YOURS = "Only its author or an administrator may change this series."
FIRST_AUTHORS = "Only its first author or an administrator may put this post into a series or take it out."
FULL = f"A series has at most {MOST_PARTS} posts."


class Asked(Protocol):
    """What a post says of its series."""

    @property
    def series_id(self) -> int | None: ...
    @property
    def new_series(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    series_id: int | None = None
    position: int | None = None


async def chosen(session: AsyncSession, actor: Actor, post: Post, asked: Asked) -> Place:
    """Where the post is to be: at the end of another series, or where it is.

    Raises NotFound for others' series, and Forbidden: a series has one author, who also puts the posts into it.
    """
    if _differs(post, asked) and not owns(actor, post.user_id):
        raise Forbidden(FIRST_AUTHORS)
    series_id = asked.series_id
    if asked.new_series is not None:
        series_id = await _titled(session, post.user_id, asked.new_series)
    if series_id is None or series_id == post.series_id:
        return Place(post.series_id, post.series_position)
    return await _end_of(session, post.user_id, series_id) if series_id else Place()


def _differs(post: Post, asked: Asked) -> bool:
    chosen_id = post.series_id if asked.series_id is None else asked.series_id or None
    return asked.new_series is not None or chosen_id != post.series_id


def put(session: AsyncSession, post: Post, place: Place) -> None:
    if post.series_id not in {None, place.series_id}:
        tell(session, SeriesChanged(frozenset({post.series_id}), frozenset()))
    post.series_id, post.series_position = place.series_id, place.position


async def make(session: AsyncSession, actor: Actor, draft: SeriesDraft) -> int:
    """Its id. Raises Unauthenticated for nobody."""
    if actor.id is None:
        raise Unauthenticated("Please log in first.")
    try:
        return await _make(session, actor.id, draft.title, draft.description)
    except IntegrityError:
        raise Unauthenticated("This account is gone.") from None


async def change(session: AsyncSession, actor: Actor, series_id: int, asked: SeriesChange) -> None:
    """Its address stays. Raises Forbidden, NotFound."""
    series = await held(session, actor, series_id)
    series.title = asked.title or series.title
    series.description = series.description if asked.description is None else asked.description
    _tell(session, series)
    note(session, "series changed", actor, series)


async def remove(session: AsyncSession, actor: Actor, series_id: int) -> None:
    """Its posts stay. Raises Forbidden, NotFound."""
    series = await held(session, actor, series_id)
    rows = update(Post).where(Post.series_id == series.id)
    out = rows.values(series_id=None, series_position=None, updated_at=Post.updated_at)
    await session.execute(out, execution_options={"synchronize_session": False})
    await session.delete(series)
    _tell(session, series)
    note(session, "series deleted", actor, series)


async def held(session: AsyncSession, actor: Actor, series_id: int) -> Series:
    """The row, locked until the transaction ends. To others there is none that shows no post."""
    series = await session.get(Series, series_id, with_for_update=True)
    if series is not None and owns(actor, series.user_id):
        return series
    in_it = select(Post.id).where(Post.series_id == series_id, is_listed).limit(1)
    if series is None or await session.scalar(in_it) is None:
        raise NotFound(NO_SERIES)
    raise Forbidden(NOT_YOURS)


async def _end_of(session: AsyncSession, user_id: int, series_id: int) -> Place:
    own = select(Series.id).where(Series.id == series_id, Series.user_id == user_id).with_for_update()
    if await session.scalar(own) is None:
        raise NotFound(NO_SERIES, Violation("series_id", NO_SERIES, "not_found"))
    facts = select(func.count(), func.max(Post.series_position)).where(Post.series_id == series_id)
    count, last = (await session.execute(facts)).one()
    if count >= MOST_PARTS:
        raise Invalid(FULL, Violation("series_id", FULL, "too_long"))
    return Place(series_id, (last or 0) + 1)


async def _titled(session: AsyncSession, user_id: int, title: str) -> int:
    found = await session.scalar(select(Series.id).where(Series.user_id == user_id, Series.title == title).limit(1))
    return found or await _make(session, user_id, title, "")


async def _make(session: AsyncSession, user_id: int, title: str, description: str) -> int:
    """Raises Unavailable when others take its address each time."""
    wanted = address(title) or "series"
    facts = {"user_id": user_id, "title": title, "description": description, "created_at": now()}
    for _ in range(TRIES):
        slug = await slugs.free(
            session, numbered(wanted), lambda some: select(Series.slug).where(Series.slug.in_(some))
        )
        made = insert_into(session, Series).values(slug=slug, **facts).on_conflict_do_nothing().returning(Series.id)
        series_id: int | None = await session.scalar(made)
        if series_id is not None:
            return series_id
    raise Unavailable("Others made series at the same moment. Please try again.", retry_after=1)


def _tell(session: AsyncSession, series: Series) -> None:
    tell(session, SeriesChanged(frozenset({series.id}), frozenset()))


def note(session: AsyncSession, act: str, actor: Actor, series: Series) -> None:
    """What an author does with their own is nobody's business."""
    if actor.id != series.user_id:
        audit.note(session, act, series_id=series.id, title=series.title, author_id=series.user_id, by=actor.id)
