"""Counters of the `limits` library kept in our database: they hold across restarts and processes."""

from __future__ import annotations

import time

from limits.aio.storage import Storage
from sqlalchemy import Float, Integer, Select, String, case, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base, Database, insert_into


class Throttle(Base):
    """Hits on one key in its current window; `expires_at` is in Unix seconds."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[float] = mapped_column(Float(53), index=True)


SWEEP_EVERY = 600
"""Seconds after which a process takes out what has expired, so that the table doesn't grow with every visitor."""


class DatabaseStorage(Storage):
    """Fixed windows, one upsert a hit."""

    STORAGE_SCHEME = ["blogapp+database"]

    def __init__(self, db: Database) -> None:
        super().__init__()
        self._db = db
        self._swept_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        over = Throttle.expires_at <= now
        again = {
            "hits": case((over, amount), else_=Throttle.hits + amount),
            "expires_at": case((over, now + expiry), else_=Throttle.expires_at),
        }
        async with self._db.transaction() as session:
            first = insert_into(session, Throttle).values(key=key, hits=amount, expires_at=now + expiry)
            upsert = first.on_conflict_do_update(index_elements=[Throttle.key], set_=again).returning(Throttle.hits)
            hits = int(await session.scalar(upsert) or 0)
            if self._swept_at + SWEEP_EVERY <= now:
                self._swept_at = now
                await sweep(session)
        return hits

    async def get(self, key: str) -> int:
        query = select(Throttle.hits).where(Throttle.key == key, Throttle.expires_at > time.time())
        found = await self._db.row(query)
        return int(found[0]) if found else 0

    async def get_expiry(self, key: str) -> float:
        found = await self._db.row(select(Throttle.expires_at).where(Throttle.key == key))
        return float(found[0]) if found else time.time()

    async def check(self) -> bool:
        await self._db.ping()
        return True

    async def reset(self) -> int | None:
        async with self._db.transaction() as session:
            await session.execute(delete(Throttle))
        return None

    async def clear(self, key: str) -> None:
        async with self._db.transaction() as session:
            await session.execute(delete(Throttle).where(Throttle.key == key))


async def sweep(session: AsyncSession) -> None:
    await session.execute(delete(Throttle).where(Throttle.key.in_(_expired(time.time()))))


def _expired(now: float) -> Select[str]:
    """Rows that nobody is counting on at this moment."""
    return select(Throttle.key).where(Throttle.expires_at <= now).with_for_update(skip_locked=True)
