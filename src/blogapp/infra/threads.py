"""Slow work off the event loop: few threads, a bounded queue, and never before other requests."""

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
"""Seconds; a full queue of 16 hashes or texts drains in less."""


class Threads:
    """Runs one kind of work in threads of low priority. Raises Unavailable, saying `full`, when too much of it waits."""

    def __init__(self, name: str, threads: int, queue: int, full: str) -> None:
        self._executor = ThreadPoolExecutor(threads, name, initializer=_step_back)
        self._full = full
        self._room = threads + queue
        self._running = 0

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        if self._running >= self._room:
            raise Unavailable(self._full, retry_after=RETRY_AFTER)
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
