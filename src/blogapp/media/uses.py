"""Which posts name which pictures: written with the post, in its transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.media.models import MediaUse
from blogapp.media.names import mentioned


async def record(session: AsyncSession, post_id: int, before: str, after: str) -> None:
    """A post's text was `before` and is `after`. What it no longer names it still holds, in its revisions."""
    old, new = mentioned(before), mentioned(after)
    if gone := old - new:
        rows = (MediaUse.post_id == post_id, MediaUse.name.in_(gone))
        await session.execute(update(MediaUse).where(*rows).values(is_current=False))
    if come := new - old:
        insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        rows_of_post = [{"post_id": post_id, "name": name, "is_current": True} for name in sorted(come)]
        statement = insert(MediaUse).values(rows_of_post)
        again = statement.on_conflict_do_update(
            index_elements=[MediaUse.post_id, MediaUse.name], set_={"is_current": True}
        )
        await session.execute(again)
