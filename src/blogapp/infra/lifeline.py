"""What binds a worker to its supervisor: a pair of sockets that neither can leave without the other's noticing."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

UP = b"up\n"
"""Said by a worker once it takes connections."""
LEAVE = b"leave\n"
"""Said by the supervisor to a worker whose place has been taken."""


class Lifeline:
    """A worker's end."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.settimeout(0)

    def say(self, words: bytes) -> None:
        """A supervisor that is gone is noticed by `told_to_leave`."""
        with suppress(OSError):
            self._socket.send(words)

    async def told_to_leave(self) -> bool:
        """True when another worker serves in this one's place, False when the supervisor is gone."""
        try:
            return bool(await asyncio.get_running_loop().sock_recv(self._socket, len(LEAVE)))
        except OSError:
            return False
