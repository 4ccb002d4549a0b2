"""One act on many posts, and what takes it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

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
Place = State | Literal["trash"]

NO_TIME = "A post can't be scheduled without the time at which it is to appear."


class Step(NamedTuple):
    """What is to be done, and to which: `still` leaves alone what is in another place by now, None nothing."""

    act: Act
    publish_at: datetime | None = None
    still: Place | None = None


@dataclass(frozen=True, slots=True)
class Done:
    undo: dict[Step, list[int]]
    left: list[int]
    """Those that were left alone."""


async def carry_out(session: AsyncSession, actor: Actor, ids: Sequence[int], step: Step) -> Done:
    """All or none of them, or those that are `still` so. Raises NotFound when one is not there or not theirs, and Invalid."""
    if step.act == SCHEDULED and step.publish_at is None:
        raise Invalid(NO_TIME, Violation("publish_at", NO_TIME, "missing"))
    found = await _rows(session, actor, ids, is_in_trash=step.act == RESTORE)
    rows = [post for post in found if step.still in {None, _place(post)}]
    left = set(ids) - {post.id for post in rows}
    if left and step.still is None:
        raise NotFound(trash.NO_POST if step.act == RESTORE else service.NO_POST)
    undo: dict[Step, list[int]] = defaultdict(list)
    for post in rows:
        if back := await _do(session, actor, post, step):
            undo[back].append(post.id)
    return Done(undo, sorted(left))


async def _do(session: AsyncSession, actor: Actor, post: Post, step: Step) -> Step | None:
    """What takes it back; None where it is so already."""
    if step.act == TRASH:
        await trash.throw_away(session, actor, post)
        return Step(RESTORE, still=TRASH)
    if step.act == RESTORE:
        await trash.restore(session, actor, post.id)
        return Step(TRASH, still=post.state)
    if post.state == step.act != SCHEDULED:
        return None
    back = Step(*_back_to(post), still=step.act)
    await _enter(session, post, step.act, step.publish_at)
    return back


async def _rows(session: AsyncSession, actor: Actor, ids: Sequence[int], *, is_in_trash: bool) -> list[Post]:
    """Those that they may change, in the order of their ids, so that two at once don't wait for each other."""
    query = select(Post).where(Post.id.in_(ids)).order_by(Post.id).with_for_update()
    found = await session.scalars(query)
    return [post for post in found if (post.trashed_at is not None) == is_in_trash and may_edit(actor, post)]


def _place(post: Post) -> Place:
    return TRASH if post.trashed_at is not None else post.state


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
