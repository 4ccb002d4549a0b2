from __future__ import annotations

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
