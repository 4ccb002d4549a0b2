"""Waiting for what another task, thread or process does, and sets no event for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 30.0
"""Seconds."""


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110  # see above
            await asyncio.sleep(0.02)


def wait_until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """For tests without an event loop of their own."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds:g} seconds"
        time.sleep(0.05)
