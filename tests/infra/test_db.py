from __future__ import annotations

import asyncio
import gc
import warnings

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from blogapp.infra.db import Database
from blogapp.infra.events import Events


@pytest.mark.parametrize("way", ["read", "transaction"])
async def test_an_error_tells_no_value_of_its_statement(database_url: str, way: str) -> None:
    db = Database(database_url, Events())
    try:
        with pytest.raises(DBAPIError) as caught:
            async with getattr(db, way)() as session:
                await session.execute(text("SELECT * FROM nowhere WHERE secret = :secret"), {"secret": "hunter2"})
        assert "nowhere" in str(caught.value)
        assert "hunter2" not in str(caught.value)
    finally:
        await db.close()


@pytest.mark.parametrize("way", ["read", "transaction"])
async def test_who_is_still_at_work_at_the_end_leaves_no_connection_open(database_url: str, way: str) -> None:
    db = Database(database_url, Events())
    begun, ending = asyncio.Event(), asyncio.Event()

    async def act() -> None:
        async with getattr(db, way)() as session:
            await session.execute(text("SELECT 1"))
            begun.set()
            await ending.wait()

    acting = asyncio.create_task(act())
    await begun.wait()
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0.05)
    ending.set()
    await asyncio.gather(acting, closing)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert not [str(one.message) for one in told]
