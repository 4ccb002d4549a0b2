"""Counters for every request: shared through Redis while it answers, in memory while it does not or there is none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from limits.aio.storage import MemoryStorage, RedisStorage, Storage

from blogapp.infra.redis import FAILURES, Away, SharedRedis, shared

PREFIX = "blogapp:limits"

Answer = TypeVar("Answer")


class SharedMeter(Storage):
    """Counts in Redis; never fails, and forgets nothing it has counted alone while Redis was away."""

    STORAGE_SCHEME = ["blogapp+shared"]

    def __init__(self, redis: SharedRedis) -> None:
        super().__init__()
        pool = redis.client.connection_pool
        self._redis = redis
        self._shared = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix=PREFIX,
            connection_pool=pool,  # type: ignore[arg-type]  # documented, but not in its annotation
        )
        self._alone = MemoryStorage()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return FAILURES

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return await self._ask(lambda storage: storage.incr(key, expiry, amount))

    async def get(self, key: str) -> int:
        return await self._ask(lambda storage: storage.get(key))

    async def get_expiry(self, key: str) -> float:
        return await self._ask(lambda storage: storage.get_expiry(key))

    async def check(self) -> bool:
        return await self._ask(lambda storage: storage.check())

    async def reset(self) -> int | None:
        return await self._ask(lambda storage: storage.reset())

    async def clear(self, key: str) -> None:
        await self._ask(lambda storage: storage.clear(key))

    async def _ask(self, question: Callable[[Storage], Awaitable[Answer]]) -> Answer:
        try:
            return await self._redis.ask(lambda: question(self._shared))
        except Away:
            return await question(self._alone)


@asynccontextmanager
async def metering(redis_url: str) -> AsyncIterator[Storage]:
    """Nothing is connected before something is counted."""
    if not redis_url:
        yield MemoryStorage()
        return
    async with shared(redis_url) as redis:
        yield SharedMeter(redis)
