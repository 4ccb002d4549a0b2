"""One answer as it is kept, and how it is caught while it is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from blogapp.web.body import Send

Header = tuple[bytes, bytes]

FOR_CACHES = b"public, max-age=0, s-maxage=1, must-revalidate"
"""Browsers ask each time whether they have the newest; a proxy asks once a second at most. Nobody purges those."""
TAG_DIGITS = 32
OVERHEAD = 1024
"""Bytes a kept answer takes beside its body: headers, key, tags."""
LARGE = 32 * 1024
"""Bytes that a client which takes nothing may leave with the system; sending more has a time limit, which costs time."""

_VARIES_BY = {b"cookie", b"authorization", b"origin"}
"""What a stranger's request has nothing of that we know."""
_REFUSED = {b"no-store", b"private"}
_PER_CLIENT = b"ratelimit-"
_NOTHING = {"type": "http.response.body", "body": b"", "more_body": False}

Messages = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """A document or page; `is_metered` when calls of its address are counted."""

    headers: list[Header]
    unchanged: list[Header]
    """Headers of a 304."""
    etag: bytes
    modified: bytes | None
    """When, if its handler has told."""
    body: dict[str, Any]
    size: int
    is_metered: bool
    route: str

    def told(self, known: bytes | None, more: list[Header]) -> Messages:
        """The ASGI messages of an answer; `known` is what `known_by` says, `more` are headers of this answer alone.

        The answer to a HEAD is the same, as Quart's is: the server leaves the body out.
        """
        if known is not None and (known == self.modified or _names(known, self.etag)):
            return {"type": "http.response.start", "status": 304, "headers": self.unchanged + more}, _NOTHING
        return {"type": "http.response.start", "status": 200, "headers": self.headers + more}, self.body


def known_by(given: dict[bytes, bytes]) -> bytes | None:
    """What the asker has: tags, or the time of its copy, which counts only without them (RFC 9110, 13.1.3)."""
    return given.get(b"if-none-match") or given.get(b"if-modified-since")


def page_of(headers: list[Header], body: bytes, route: str, *, is_metered: bool) -> Page:
    """With a strong tag of the body, unless the handler has given one. Limits of one client are left out.

    Under /api answers stay as they are to other caches: the limits they tell are one client's.
    """
    found = {name.lower(): value for name, value in headers if not name.lower().startswith(_PER_CLIENT)}
    etag = found.setdefault(b"etag", f'"{sha256(body).hexdigest()[:TAG_DIGITS]}"'.encode())
    found[b"content-length"] = b"%d" % len(body)
    if not is_metered:
        found[b"cache-control"] = FOR_CACHES
    unchanged = [(name, value) for name, value in found.items() if not name.startswith(b"content-")]
    message = {"type": "http.response.body", "body": body, "more_body": False}
    modified = found.get(b"last-modified")
    return Page(list(found.items()), unchanged, etag, modified, message, len(body) + OVERHEAD, is_metered, route)


class Catching:
    """`send` that holds an answer back while it may still be kept, and hands the rest on as it comes."""

    def __init__(
        self,
        send: Send,
        tags: set[str],
        most_bytes: int,
        kept: Callable[[list[Header], bytes], Awaitable[None]],
        let_go: Callable[[], None],
    ) -> None:
        """`kept` sends the answer when it is whole; `let_go` is told once it is clear that this one is not to be kept."""
        self._send = send
        self._tags = tags
        self._most_bytes = most_bytes
        self._kept = kept
        self._let_go = let_go
        self._start: Any = None
        self._body = bytearray()

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start" and self._tags and _may_be_kept(message):
            self._start = message
        elif self._start is None:
            self._let_go()
            await self._send(message)
        else:
            await self._catch(message)

    async def _catch(self, message: Any) -> None:
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._kept(list(self._start["headers"]), bytes(self._body))
        elif len(self._body) > self._most_bytes:
            start, self._start = self._start, None
            self._let_go()
            await self._send(start)
            await self._send({**message, "body": bytes(self._body)})


def of_one_client(headers: list[Header]) -> list[Header]:
    return [(name, value) for name, value in headers if name.lower().startswith(_PER_CLIENT)]


def _may_be_kept(start: dict[str, Any]) -> bool:
    """A 200 without a cookie that differs by nothing strangers can differ in."""
    if start["status"] != 200:
        return False
    for name, value in start["headers"]:
        words = {word.strip().lower() for word in value.split(b",")}
        match name.lower():
            case b"set-cookie" | b"content-encoding":
                return False
            case b"vary" if words - _VARIES_BY:
                return False
            case b"cache-control" if words & _REFUSED:
                return False
    return True


def _names(known: bytes, etag: bytes) -> bool:
    """Compared weakly (RFC 9110, 13.1.2): a proxy that compresses makes strong tags weak ones."""
    if known in {etag, b"*"}:
        return True
    return etag in {tag.strip().removeprefix(b"W/") for tag in known.split(b",")}
