"""Which posts show which pictures: written with the post, in its transaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.infra.db import insert_into
from blogapp.media.models import MediaUse
from blogapp.media.names import mentioned


class Shown(NamedTuple):
    content: str
    cover: str = ""
    """The address of the picture above the text."""


NOTHING = Shown("")


async def record(session: AsyncSession, post_id: int, before: Shown, after: Shown) -> None:
    """What a post's text no longer names it still holds, in its revisions; what was its cover only it lets go."""
    old_text, new_text = mentioned(before.content), mentioned(after.content)
    old, new = old_text | mentioned(before.cover), new_text | mentioned(after.cover)
    if gone := old - new:
        rows = (MediaUse.post_id == post_id, MediaUse.name.in_(gone))
        await session.execute(delete(MediaUse).where(*rows, ~MediaUse.in_text))
        await session.execute(update(MediaUse).where(*rows).values(is_current=False))
    await _note(session, post_id, new_text - old_text, in_text=True)
    await _note(session, post_id, new - old - new_text, in_text=False)


async def _note(session: AsyncSession, post_id: int, names: Collection[str], *, in_text: bool) -> None:
    if not names:
        return
    rows = [{"post_id": post_id, "name": name, "is_current": True, "in_text": in_text} for name in sorted(names)]
    there = {"is_current": True, "in_text": True} if in_text else {"is_current": True}
    by = [MediaUse.post_id, MediaUse.name]
    await session.execute(
        insert_into(session, MediaUse).values(rows).on_conflict_do_update(index_elements=by, set_=there)
    )
