"""Working copies: what somebody is typing, kept on the server beside the saved text; and who has a post open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.errors import Invalid, NotFound, Stale, Violation
from blogapp.infra.db import Database, columns, insert_into, now
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import OpenEditor, Post, WorkingCopy
from blogapp.posts.schemas import CopyDraft

KEPT = timedelta(days=90)
MOST = 100
"""Texts of one account that were never saved."""
PRESENT = timedelta(seconds=60)
"""How long after its last sign an editor counts as open."""

NO_COPY = "There is no such text."
ELSEWHERE = "This text was changed in another window."
TOO_MANY = f"There are {MOST} texts that were never saved: save or discard some first."

_copy = columns(WorkingCopy)
_shown = (
    _copy.id,
    _copy.post_id,
    _copy.title,
    _copy.content,
    _copy.beside,
    _copy.base_version,
    _copy.number,
    _copy.saved_at,
)
_of_user = _copy.user_id == bindparam("user_id")
_BY_ID = select(*_shown).where(_of_user, _copy.id == bindparam("id"))
_OF_POST = select(*_shown).where(_of_user, _copy.post_id == bindparam("post_id"))
_ALL = select(*_shown).where(_of_user).order_by(_copy.saved_at.desc(), _copy.id.desc())
_editor = columns(OpenEditor)
_user = columns(User)
_OTHERS = (
    select(_user.username)
    .select_from(OpenEditor.__table__.join(User.__table__, _user.id == _editor.user_id))
    .where(_editor.post_id == bindparam("post_id"), _editor.user_id != bindparam("user_id"))
    .where(_editor.seen_at > bindparam("since"))
    .order_by(_user.username)
)


async def keep(session: AsyncSession, actor: Actor, draft: CopyDraft) -> WorkingCopy:
    """A new one; of a post that has one already, that one. Raises Invalid when there are too many, and Stale."""
    mine = WorkingCopy.user_id == actor.id
    if draft.post_id is not None:
        query = select(WorkingCopy).where(mine, WorkingCopy.post_id == draft.post_id).with_for_update()
        if (found := await session.scalar(query)) is not None:
            return _write(found, draft)
    elif len((await session.scalars(select(WorkingCopy.id).where(mine).limit(MOST))).all()) == MOST:
        raise Invalid(TOO_MANY, Violation("content", TOO_MANY, "too_many"))
    copy = WorkingCopy(user_id=actor.id, post_id=draft.post_id, base_version=draft.base_version, number=0)
    session.add(_write(copy, draft))
    await session.flush()
    return copy


async def save(session: AsyncSession, actor: Actor, copy_id: int, draft: CopyDraft) -> WorkingCopy:
    """Raises NotFound, and Stale when another window has saved it since `draft.number`."""
    copy = await session.get(WorkingCopy, copy_id, with_for_update=True)
    if copy is None or copy.user_id != actor.id:
        raise NotFound(NO_COPY)
    return _write(copy, draft)


async def discard(session: AsyncSession, actor: Actor, copy_id: int) -> None:
    """Raises NotFound."""
    mine = delete(WorkingCopy).where(WorkingCopy.user_id == actor.id, WorkingCopy.id == copy_id)
    if (await session.execute(mine.returning(WorkingCopy.id))).first() is None:
        raise NotFound(NO_COPY)


async def settle(session: AsyncSession, actor: Actor, post: Post, copy_id: int | None = None) -> None:
    """The text is saved: what was kept of it while it was typed is of no more use.

    Also a copy of the very same text, whose number the browser did not hear in time.
    """
    is_this = or_(WorkingCopy.id == copy_id, and_(WorkingCopy.title == post.title, WorkingCopy.content == post.content))
    kept = or_(WorkingCopy.post_id == post.id, and_(WorkingCopy.post_id.is_(None), is_this))
    await session.execute(delete(WorkingCopy).where(WorkingCopy.user_id == actor.id, kept))


async def sign(session: AsyncSession, actor: Actor, post_id: int) -> None:
    """That this account has the post open now."""
    moment = now()
    signed = insert_into(session, OpenEditor).values(post_id=post_id, user_id=actor.id, seen_at=moment)
    by = [OpenEditor.post_id, OpenEditor.user_id]
    await session.execute(signed.on_conflict_do_update(index_elements=by, set_={"seen_at": moment}))


async def others(db: Database, actor: Actor, post_id: int) -> list[str]:
    """Usernames of those who have the post open, too."""
    rows = await db.rows(_OTHERS, post_id=post_id, user_id=actor.id, since=now() - PRESENT)
    return [row.username for row in rows]


async def by_id(db: Database, actor: Actor, copy_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, user_id=actor.id, id=copy_id)


async def of_post(db: Database, actor: Actor, post_id: int) -> AnyRow | None:
    return await db.row(_OF_POST, user_id=actor.id, post_id=post_id)


async def all_of(db: Database, actor: Actor) -> Sequence[AnyRow]:
    """Last typed first."""
    return await db.rows(_ALL, user_id=actor.id)


async def sweep(session: AsyncSession) -> None:
    await session.execute(delete(WorkingCopy).where(WorkingCopy.saved_at <= now() - KEPT))
    await session.execute(delete(OpenEditor).where(OpenEditor.seen_at <= now() - PRESENT))


def beside(copy: Any) -> dict[str, str]:
    """What was typed into the other fields of its form."""
    found: dict[str, str] = orjson.loads(copy.beside) if copy.beside else {}
    return found


def _write(copy: WorkingCopy, draft: CopyDraft) -> WorkingCopy:
    if draft.number is not None and draft.number != copy.number:
        raise Stale(ELSEWHERE)
    copy.title, copy.content, copy.number, copy.saved_at = draft.title, draft.content, copy.number + 1, now()
    if draft.beside is not None:
        copy.beside = orjson.dumps(draft.beside.model_dump(exclude_none=True)).decode()
    if draft.base_version is not None:
        copy.base_version = draft.base_version
    return copy
