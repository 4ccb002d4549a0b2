"""Clients of live updates, on bare connections."""

from __future__ import annotations

import json
import socket
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Message, RejectConnection, Request

from tests.live import PATIENCE, Server, get

PATH = "/api/live"
QUIET = ("beat",)


class Socket:
    """A WebSocket."""

    def __init__(self, server: Server, query: str = "", *headers: tuple[str, str], host: str = "127.0.0.1") -> None:
        self.connection = server.connect()
        self._protocol = WSConnection(ConnectionType.CLIENT)
        given = [(name.encode(), value.encode()) for name, value in headers]
        self.say(Request(host=host, target=PATH + query, extra_headers=given))
        self._events: list[Event] = []
        self.answer = self._next()

    def __del__(self) -> None:
        self.connection.close()

    @property
    def is_open(self) -> bool:
        return isinstance(self.answer, AcceptConnection)

    @property
    def is_rejected(self) -> bool:
        return isinstance(self.answer, RejectConnection)

    def say(self, event: Event) -> None:
        self.connection.sendall(self._protocol.send(event))

    def hear(self) -> dict[str, Any]:
        """The next message that says something."""
        text = ""
        while True:
            event = self._next()
            assert isinstance(event, Message), event
            text += str(event.data)
            if event.message_finished:
                found: dict[str, Any] = json.loads(text)
                if found["type"] not in QUIET:
                    return found
                text = ""

    def closed(self) -> tuple[int, str]:
        """Code and reason, once the server has closed; what it says before is not heard."""
        while not isinstance(event := self._next(), CloseConnection):
            pass
        return event.code, event.reason or ""

    def _next(self) -> Event:
        while not self._events:
            data = self.connection.recv(65536)
            self._protocol.receive_data(data or None)
            self._events = list(self._protocol.events())
        return self._events.pop(0)


class Stream:
    """An event stream; `status` is that of the answer."""

    def __init__(self, server: Server, query: str = "", *headers: str) -> None:
        self.connection = server.connect()
        self.connection.settimeout(PATIENCE)
        self.connection.sendall(get(PATH + query, "Accept: text/event-stream", *headers))
        self._data = b""
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.headers = head.lower()

    def __del__(self) -> None:
        self.connection.close()

    def hear(self) -> dict[str, Any]:
        """The next event; comments are none."""
        while True:
            block = self.block()
            if block.startswith("id: "):
                name, data = block.split("\n")
                found: dict[str, Any] = json.loads(data.removeprefix("data: "))
                assert name == f"id: {found['id']}"
                return found

    def block(self) -> str:
        self._until(b"\r\n")
        block = self._until(b"\r\n").decode()
        assert block.endswith("\n\n"), block
        return block.strip()

    def rest(self) -> bytes:
        """What still comes until the server has ended the stream."""
        return self._until(b"0\r\n\r\n")

    def _until(self, end: bytes) -> bytes:
        while end not in self._data:
            if not (more := self.connection.recv(65536)):
                raise ConnectionError("the server closed the connection")
            self._data += more
        found, _, self._data = self._data.partition(end)
        return found


def close(*listeners: Socket | Stream) -> None:
    for listener in listeners:
        listener.connection.shutdown(socket.SHUT_RDWR)
        listener.connection.close()
