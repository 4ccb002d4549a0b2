"""Files that people have sent, answered above Quart: named by their content, kept by browsers for a year, in ranges.

What is not there yet in a smaller width is answered with the whole picture, which nobody keeps.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypercorn.typing import HTTPScope

from blogapp.errors import Unavailable
from blogapp.infra.storage import Storage
from blogapp.web.addresses import PICTURES
from blogapp.web.body import Send

POLICY = b"default-src 'none'"
FOREVER = b"public, max-age=31536000, immutable"
FOR_NOW = b"no-store"
SLOWEST_CHUNK = 60.0
"""Seconds in which a client has to take 256 KiB."""

_NAME = re.compile(r"(?P<stem>[0-9a-f]{2}/[0-9a-f]{62})(?P<width>\.[0-9]{2,5})?\.(?P<ending>[a-z]{3,4})")
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    size: int
    content_type: str
    is_final: bool
    """Whether it is what was asked for, which never changes."""

    @property
    def etag(self) -> bytes:
        return b'"%s"' % self.name.replace("/", "").encode()


class Files:
    def __init__(self, storage: Storage, types: Mapping[str, str]) -> None:
        """`types` are media types by the endings of names: what ends otherwise is not there."""
        self._storage = storage
        self._types = types

    def serves(self, path: str) -> bool:
        return path.startswith(PICTURES)

    async def __call__(self, scope: HTTPScope, given: dict[bytes, bytes], answer: Any) -> bool:
        """False when there is no such file, and nothing was sent. Raises Unavailable, also before anything was sent."""
        if scope["method"] not in {"GET", "HEAD"} or (found := await self._find(scope["path"])) is None:
            return False
        answer.replace(b"content-security-policy", POLICY)
        status, headers, start, length = _head(found, given)
        if scope["method"] == "HEAD":
            length = 0
        await answer({"type": "http.response.start", "status": status, "headers": headers})
        try:
            await self._send(found, start, length, answer)
        except (FileNotFoundError, Unavailable):  # gone a moment ago: the answer ends short of its length
            return True
        return True

    async def _send(self, found: _Found, start: int, length: int, send: Send) -> None:
        if length:
            async for chunk in self._storage.read(found.name, start, length):
                async with asyncio.timeout(SLOWEST_CHUNK):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _find(self, path: str) -> _Found | None:
        asked = _NAME.fullmatch(path[len(PICTURES) :])
        if asked is None or asked["ending"] not in self._types:
            return None
        if found := await self._sized(asked[0], asked["ending"], is_final=True):
            return found
        for ending in self._types if asked["width"] else ():
            if found := await self._sized(f"{asked['stem']}.{ending}", ending, is_final=False):
                return found
        return None

    async def _sized(self, name: str, ending: str, *, is_final: bool) -> _Found | None:
        size = await self._storage.size(name)
        return None if size is None else _Found(name, size, self._types[ending], is_final)


def _head(found: _Found, given: dict[bytes, bytes]) -> tuple[int, list[tuple[bytes, bytes]], int, int]:
    """Status, headers, and which part is sent: where it begins and how long it is (RFC 9110, 13 and 14)."""
    headers = [(b"cache-control", FOREVER if found.is_final else FOR_NOW), (b"accept-ranges", b"bytes")]
    if found.is_final:
        headers.append((b"etag", found.etag))
        if _names(given.get(b"if-none-match", b""), found.etag):
            return 304, headers, 0, 0
    part = _part(given, found) if b"range" in given else None
    start, length = part or (0, found.size)
    if part is not None:
        said = b"*" if length == 0 else b"%d-%d" % (start, start + length - 1)
        headers.append((b"content-range", b"bytes %s/%d" % (said, found.size)))
    status = 200 if part is None else 206 if length else 416
    headers += [(b"content-length", b"%d" % length), (b"content-type", found.content_type.encode())]
    return status, headers, start, length


def _part(given: dict[bytes, bytes], found: _Found) -> tuple[int, int] | None:
    """One range; its length is 0 when the file has no such part. None: all of it, as for several ranges at once."""
    asked = _RANGE.fullmatch(given[b"range"].strip())
    if asked is None or not (asked[1] or asked[2]) or given.get(b"if-range", found.etag) != found.etag:
        return None
    if not asked[1]:
        length = min(int(asked[2]), found.size)
        return found.size - length, length
    start, last = int(asked[1]), int(asked[2]) if asked[2] else found.size - 1
    if last < start and asked[2]:
        return None
    return start, max(0, min(last, found.size - 1) - start + 1)


def _names(known: bytes, etag: bytes) -> bool:
    return known.strip() == b"*" or etag in {tag.strip().removeprefix(b"W/") for tag in known.split(b",")}
