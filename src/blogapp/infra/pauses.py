"""Connections that wait for their next request, closed after a while as Hypercorn does it but at less cost.

Hypercorn 0.18 starts a task for each pause between two requests and cancels it when the next one comes, which takes a
sixth of the time of a short answer. Here one task goes along with the connection, and a pause is only a time noted.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Event, Updated


class Connection(TCPServer):
    _paused_at: float | None
    """None while a request is being answered."""

    async def run(self) -> None:
        self._paused_at = self.loop.time()
        await super().run()

    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, Updated):
            self._paused_at = self.loop.time() if event.idle else None
            if not (event.idle and self.context.terminated.is_set()):
                return
        await super().protocol_send(event)

    async def _read_data(self) -> None:
        await super()._read_data()
        await self.idle_task.stop()

    async def _idle_timeout(self) -> None:
        """Started with the connection, and again by a pause that begins when the server is to end."""
        while not self.context.terminated.is_set() and (left := self._left()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self.context.terminated.wait()
        if self._paused_at is not None:
            await asyncio.shield(self._initiate_server_close())

    def _left(self) -> float:
        """Seconds until it may have waited long enough."""
        waited = 0.0 if self._paused_at is None else self.loop.time() - self._paused_at
        return self.config.keep_alive_timeout - waited


def note() -> None:
    """For every server that Hypercorn runs in this process."""
    vars(run).update(TCPServer=Connection)
