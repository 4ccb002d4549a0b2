"""The order of posts in a series, and which are in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.errors import NotFound, Violation
from blogapp.infra.db import columns
from blogapp.infra.events import tell
from blogapp.posts import series as series_acts
from blogapp.posts.events import SeriesChanged
from blogapp.posts.models import Post, Series
from blogapp.posts.series_schemas import SeriesMove

NO_POST = "Its author has no such post."

_post = columns(Post)


async def arrange(session: AsyncSession, actor: Actor, series_id: int, ids: Sequence[int]) -> None:
    """These posts are in it, in this order, and no others. Raises Forbidden, NotFound."""
    wanted = list(dict.fromkeys(ids))
    rows = await _posts(session, series_id, wanted)
    series = await series_acts.held(session, actor, series_id)
    if set(wanted) - {row.id for row in rows if row.user_id == series.user_id}:
        raise NotFound(NO_POST, Violation("ids", NO_POST, "not_found"))
    await _order(session, actor, series, rows, wanted)


async def move(session: AsyncSession, actor: Actor, series_id: int, asked: SeriesMove) -> None:
    """One place up or down, or out of it. Raises Forbidden, NotFound."""
    rows = await _posts(session, series_id, [])
    series = await series_acts.held(session, actor, series_id)
    ids = [row.id for row in rows]
    if asked.post_id not in ids:
        raise NotFound(NO_POST)
    place = ids.index(asked.post_id)
    ids.remove(asked.post_id)
    if asked.to != "out":
        ids.insert(max(0, place + (1 if asked.to == "down" else -1)), asked.post_id)
    await _order(session, actor, series, rows, ids)


async def _order(session: AsyncSession, actor: Actor, series: Series, rows: Sequence[Any], ids: Sequence[int]) -> None:
    """`rows` are all posts that it had and that it gets."""
    before = {row.id for row in rows if row.series_id == series.id}
    await _write(session, [(one, series.id, place) for place, one in enumerate(ids, 1)])
    await _write(session, [(one, None, None) for one in sorted(before - set(ids))])
    left = {row.series_id for row in rows if row.series_id is not None}
    tell(session, SeriesChanged(frozenset({series.id, *left}), frozenset(before | set(ids))))
    series_acts.note(session, "series arranged", actor, series)


async def _posts(session: AsyncSession, series_id: int, ids: Sequence[int]) -> Sequence[Any]:
    """What is in it and what is to be, in its order, without what is in the trash; locked in the order of their ids,
    before their series, as by who saves one of them.
    """
    columns = (Post.id, Post.user_id, Post.series_id, Post.series_position)
    query = select(*columns).where(or_(Post.series_id == series_id, Post.id.in_(ids)), Post.trashed_at.is_(None))
    rows = (await session.execute(query.order_by(Post.id).with_for_update())).all()
    return sorted(rows, key=lambda row: (row.series_position or 0, row.id))


async def _write(session: AsyncSession, places: Sequence[tuple[int, int | None, int | None]]) -> None:
    """Their texts and times have not changed."""
    if places:
        values = {"series_id": bindparam("into"), "series_position": bindparam("place"), "updated_at": _post.updated_at}
        statement = update(_post.id.table).where(_post.id == bindparam("post")).values(values)
        rows = [{"post": post, "into": series, "place": place} for post, series, place in places]
        await (await session.connection()).execute(statement, rows)
