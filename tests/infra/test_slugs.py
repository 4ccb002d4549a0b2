"""An address that nobody has is found, however many are alike."""

from __future__ import annotations

from sqlalchemy import column, select, table, text

from blogapp.infra import slugs
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.labels import numbered

THROTTLES = table("throttles", column("key"))
"""Any table with a column of text."""


async def test_the_first_free_one_is_found_among_many(database_url: str) -> None:
    db = Database(database_url, Events())
    insert = text("INSERT INTO throttles (key, hits, expires_at) VALUES (:key, 1, 0)")
    async with db.transaction() as session:
        for number in range(2, 2 * slugs.AT_ONCE):
            await session.execute(insert, {"key": f"sea-{number}"})

        async def free() -> str:
            return await slugs.free(
                session, numbered("sea"), lambda some: select(THROTTLES.c.key).where(THROTTLES.c.key.in_(some))
            )

        assert await free() == "sea"
        await session.execute(insert, {"key": "sea"})
        assert await free() == f"sea-{2 * slugs.AT_ONCE}"
        await session.execute(text("DELETE FROM throttles WHERE key = 'sea-7'"))
        assert await free() == "sea-7"
    await db.close()
