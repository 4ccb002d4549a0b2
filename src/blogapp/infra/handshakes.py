"""What Hypercorn 0.18 grants and keeps for every WebSocket, bounded.

It compresses for whoever asks (permessage-deflate, 110 KiB a socket, and 0.4 MB on the wire that become 540 MB), and
keeps what comes in after a message that was too long. It has no setting for either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypercorn.protocol import ws_stream
from hypercorn.protocol.ws_stream import FrameTooLargeError, Handshake, WebsocketBuffer
from wsproto.connection import Connection
from wsproto.events import Message


class PlainHandshake(Handshake):
    def accept(
        self, subprotocol: str | None, additional_headers: Iterable[tuple[bytes, bytes]]
    ) -> tuple[int, list[tuple[bytes, bytes]], Connection]:
        self.extensions = None
        return super().accept(subprotocol, additional_headers)


class BoundedBuffer(WebsocketBuffer):
    def extend(self, event: Message[Any]) -> None:
        if self.length + len(event.data) > self.max_length:
            raise FrameTooLargeError
        super().extend(event)

    def clear(self) -> None:
        super().clear()
        self.length = 0


def tame() -> None:
    """For every server that Hypercorn runs in this process."""
    vars(ws_stream).update(Handshake=PlainHandshake, WebsocketBuffer=BoundedBuffer)
