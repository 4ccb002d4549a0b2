"""The Redis that processes share, and what to do while it is away: go on without it, and ask again in the background."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PATIENCE = 0.1
"""Seconds that one who asks waits for Redis. A healthy one answers within a millisecond."""
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
"""Seconds between two looks at a Redis that is away, a random part of them less."""

FAILURES = (RedisError, OSError, TimeoutError)

Answer = TypeVar("Answer")

_log = structlog.get_logger("blogapp.redis")


class Away(Exception):
    """Redis does not answer for now."""


class SharedRedis:
    """One Redis for all that asks it questions it must answer at once."""

    def __init__(self, url: str) -> None:
        self.client = connect(url, PATIENCE)
        self._returning: asyncio.Task[None] | None = None

    @property
    def is_away(self) -> bool:
        return self._returning is not None and not self._returning.done()

    async def ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        """Raises Away, after PATIENCE the first time, and from then on at once until Redis has answered again."""
        if self.is_away:
            raise Away
        try:
            async with asyncio.timeout(PATIENCE):
                return await question()
        except FAILURES as error:
            if not self.is_away:
                _log.warning("redis away", error=type(error).__name__)
                self._returning = asyncio.create_task(self._return(), context=Context())
            raise Away from None

    async def close(self) -> None:
        if self._returning is not None:
            self._returning.cancel()
            await asyncio.wait({self._returning})
        with suppress(*FAILURES):
            await self.client.aclose()

    async def _return(self) -> None:
        pause = FIRST_PAUSE
        while not await self._answers():
            await asyncio.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, LONGEST_PAUSE)
        _log.info("redis back")

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                return bool(await self.client.ping())
        except FAILURES:
            return False


def connect(url: str, patience: float) -> Redis:
    """A client that waits `patience` seconds for an answer and tries nothing twice; it connects when it is asked."""
    return Redis.from_url(
        url, protocol=2, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0)
    )


@asynccontextmanager
async def shared(url: str) -> AsyncIterator[SharedRedis]:
    redis = SharedRedis(url)
    try:
        yield redis
    finally:
        await redis.close()
