"""One act on many posts, and what takes it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.errors import Invalid, NotFound, Violation
from blogapp.infra.db import now
from blogapp.posts import appearing, service, trash
from blogapp.posts.models import PUBLISHED, SCHEDULED, Post, State, may_edit

TRASH: Literal["trash"] = "trash"
RESTORE: Literal["restore"] = "restore"
Act = State | Literal["trash", "restore"]

Done = dict[tuple[Act, datetime | None], list[int]]
"""Ids of posts by what is to be done to them, and when they are to appear."""

NO_TIME = "A post can't be scheduled without the time at which it is to appear."


async def carry_out(
    session: AsyncSession, actor: Actor, ids: Sequence[int], act: Act, publish_at: datetime | None = None
) -> Done:
    """All or none of them; what takes it back. Raises NotFound when one is not there or not theirs, and Invalid."""
    if act == SCHEDULED and publish_at is None:
        raise Invalid(NO_TIME, Violation("publish_at", NO_TIME, "missing"))
    undo: Done = defaultdict(list)
    for post in await _rows(session, actor, ids, is_in_trash=act == RESTORE):
        if act == TRASH:
            await trash.throw_away(session, actor, post)
            undo[RESTORE, None].append(post.id)
        elif act == RESTORE:
            await trash.restore(session, actor, post.id)
            undo[TRASH, None].append(post.id)
        elif post.state != act or act == SCHEDULED:
            undo[_back_to(post)].append(post.id)
            await _enter(session, post, act, publish_at)
    return undo


async def _rows(session: AsyncSession, actor: Actor, ids: Sequence[int], *, is_in_trash: bool) -> Sequence[Post]:
    """In the order of their ids, so that two at once don't wait for each other."""
    query = select(Post).where(Post.id.in_(ids)).order_by(Post.id).with_for_update()
    found = (await session.scalars(query)).all()
    fitting = [post for post in found if (post.trashed_at is not None) == is_in_trash]
    if len(fitting) != len(set(ids)) or not all(may_edit(actor, post) for post in fitting):
        raise NotFound(trash.NO_POST if is_in_trash else service.NO_POST)
    return fitting


async def _enter(session: AsyncSession, post: Post, state: State, publish_at: datetime | None) -> None:
    before = appearing.places(post)
    appearing.enter(post, state, publish_at)
    await session.flush()
    await appearing.tell_change(session, post, before)


def _back_to(post: Post) -> tuple[Act, datetime | None]:
    """What is due this very moment counts as published."""
    if post.state != SCHEDULED:
        return post.state, None
    is_to_come = post.published_at is not None and post.published_at > now()
    return (SCHEDULED, post.published_at) if is_to_come else (PUBLISHED, None)
