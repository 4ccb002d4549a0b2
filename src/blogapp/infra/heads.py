"""Heads of HTTP/1.1 answers, made without looking at the same lines again and again.

Most lines of our answers are the same each time. Hypercorn 0.18 and h11 look at each of them several times for every
answer, which takes longer than finding a kept page, and write head and body apart, which is one call of the system
more. Neither has a setting for it.
"""

from __future__ import annotations

from functools import lru_cache

import h11
from hypercorn import protocol
from hypercorn.events import RawData
from hypercorn.protocol import http_stream
from hypercorn.protocol.events import Event, Response
from hypercorn.protocol.h11 import H11Protocol

Line = tuple[bytes, bytes]
Sent = h11.InformationalResponse | h11.Response | h11.Data | h11.EndOfMessage

MOST_REMEMBERED = 5_000
"""Lines, a few hundred bytes each: a kept page has one or two of its own."""
MOST_JOINED = 65536
"""Bytes of a body's first part that are copied to go out together with the head."""

_DIFFERENT = {
    *(b"connection", b"content-length", b"transfer-encoding", b"upgrade"),
    *(
        b"date",
        b"location",
        b"ratelimit",
        b"retry-after",
        b"server-timing",
        b"set-cookie",
        b"x-request-id",
    ),
}
"""Names of lines that h11 needs to keep the connection in step, and of those that are hardly ever the same."""


class SwiftH11(H11Protocol):
    _held = b""

    async def stream_send(self, event: Event) -> None:
        if not isinstance(event, Response) or event.status_code < 200:
            await super().stream_send(event)
            return
        same, different = [], list(self.config.response_headers("h11"))
        for line in event.headers:
            if line[0] not in _DIFFERENT and (text := written(line)):
                same.append(text)
            else:
                different.append((line[0], line[1].strip()))
        if self.keep_alive_requests >= self.config.keep_alive_max_requests:
            different.append((b"connection", b"close"))
        await self._send_h11_event(h11.Response(headers=different, status_code=event.status_code), b"".join(same))

    async def _send_h11_event(self, event: Sent, lines: bytes = b"") -> None:
        """A head waits for what comes next, as ASGI wants it; `lines` are more of it."""
        try:
            data = self.connection.send(event)
        except h11.LocalProtocolError:
            if self.connection.their_state != h11.ERROR:
                raise
            return
        if type(event) is h11.Response:
            self._held = data[:-2] + lines + b"\r\n"
            return
        if self._held:
            if len(data) > MOST_JOINED:
                await self.send(RawData(self._held))
            else:
                data = self._held + data
            self._held = b""
        if data:
            await self.send(RawData(data))


@lru_cache(MOST_REMEMBERED)
def written(line: Line) -> bytes:
    """As it goes over the wire; empty where h11 has to see it each time. Raises h11.LocalProtocolError."""
    name, value = line[0], line[1].strip()
    h11.Response(headers=[(name, value)], status_code=200)
    return b"" if name.lower() in _DIFFERENT else b"%s: %s\r\n" % (name, value)


def remember() -> None:
    """For every server that Hypercorn runs in this process. HTTP/2's lines are looked at by h2."""
    vars(protocol).update(H11Protocol=SwiftH11)
    vars(http_stream).update(build_and_validate_headers=list)
