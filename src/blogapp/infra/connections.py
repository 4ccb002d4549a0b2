"""Connections that are waited for once, not anew for each request.

After every answer Hypercorn 0.18 starts two tasks and a timer, to close the connection should no request follow, and
ends them when one does: a fifth of what the least answer costs. Here one task does that as long as a connection lives.
"""

from __future__ import annotations

import asyncio

from hypercorn.asyncio import run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.events import Event, Updated


class PatientServer(TCPServer):
    """One connection."""

    _is_idle = True
    _since = 0.0
    """When it became so, by the time of the event loop."""

    async def protocol_send(self, event: Event) -> None:
        if isinstance(event, Updated):
            self._is_idle, self._since = event.idle, self.loop.time()
        else:
            await super().protocol_send(event)

    async def _idle_timeout(self) -> None:
        """Close the connection once it is idle for too long, or the server stops. What is busy then ends by itself."""
        self._since = self.loop.time()
        while not await self._ended_within(self._patience()):
            if self._is_idle and self._patience() <= 0:
                break
        if self._is_idle:
            await asyncio.shield(self._initiate_server_close())

    def _patience(self) -> float:
        """Seconds until it has been idle for too long, if it is so from now on."""
        timeout = self.config.keep_alive_timeout
        return self._since + timeout - self.loop.time() if self._is_idle else timeout

    async def _ended_within(self, seconds: float) -> bool:
        """Whether the server stops before they are over."""
        try:
            await asyncio.wait_for(self.context.terminated.wait(), max(seconds, 0))
        except TimeoutError:
            return False
        return True


def be_patient() -> None:
    """For every server that Hypercorn runs in this process."""
    vars(run).update(TCPServer=PatientServer)
