"""Slow hashes off the event loop: few threads, a bounded queue, and never before other requests."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from blogapp.errors import Unavailable

Result = TypeVar("Result")

NICENESS = 10
RETRY_AFTER = 2
"""Seconds; a full queue of 16 drains in less on two threads."""


class Hashing:
    """Runs password work in threads of low priority. Raises Unavailable when too much of it waits."""

    def __init__(self, threads: int, queue: int) -> None:
        self._executor = ThreadPoolExecutor(threads, "hashing", initializer=_step_back)
        self._room = threads + queue
        self._running = 0

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        if self._running >= self._room:
            raise Unavailable("Too many people are signing in right now. Please try again.", retry_after=RETRY_AFTER)
        self._running += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        future.add_done_callback(self._finish)
        return await future

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _finish(self, _: object) -> None:
        self._running -= 1


def _step_back() -> None:
    """On Linux a thread has a niceness of its own: the event loop goes first, where a sandbox allows it."""
    if hasattr(os, "setpriority"):
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
