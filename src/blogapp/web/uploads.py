"""Forms with a file, written to disk as they arrive: counted, cut off early, and gone when their request is answered.

They are whole before the application sees them, like every body; only, the file is not in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, NamedTuple, cast

import structlog
from hypercorn.typing import ASGIReceiveCallable
from quart import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from blogapp.errors import StorageFull, UnsupportedMediaType
from blogapp.infra.storage import Disk, no_room_is_said
from blogapp.web.body import BodyRefused, too_large
from blogapp.web.files import Files

_log = structlog.get_logger("blogapp.uploads")

SCOPE = "blogapp.upload"
MULTIPART = "multipart/form-data"
AT_ONCE = 16
"""Uploads that a process takes side by side: they come from people who say that they have an account."""

WRITTEN_AT = 256 * 1024
MOST_PARTS = 20
MOST_FIELD_BYTES = 64 * 1024

MALFORMED = "The form could not be read: it is not multipart/form-data."
BUSY = "Too many files are on their way right now. Please try again."


class Upload:
    """`path` is the file of the field `file`, None when none was sent."""

    def __init__(self, disk: Disk, boundary: bytes) -> None:
        self.fields: dict[str, str] = {}
        self.path: Path | None = None
        self._disk = disk
        self._decoder = MultipartDecoder(boundary, 4 * WRITTEN_AT, max_parts=MOST_PARTS)
        self._file: BinaryIO | None = None
        self._part: File | Field | None = None
        self._given: dict[str, bytearray] = {}
        self._room = MOST_FIELD_BYTES
        self._turn = Lock()
        self._is_over = False

    def feed(self, data: bytes | None) -> None:
        """The next bytes, None after the last. Raises BodyRefused and StorageFull."""
        try:
            with self._turn:
                self._feed(data)
        except (ValueError, RequestEntityTooLarge):
            raise BodyRefused(400, "bad_request", MALFORMED) from None

    def discard(self) -> None:
        """Nothing of it stays, unless the file was moved away. What is still being written when time is up ends first."""
        with self._turn:
            self._is_over = True
            if self._file is not None:
                with suppress(OSError):
                    self._file.close()
            if self.path is not None:
                self.path.unlink(missing_ok=True)

    def _feed(self, data: bytes | None) -> None:
        if self._is_over:
            return
        self._decoder.receive_data(data)
        while not isinstance(event := self._decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, File | Field):
                self._begin(event)
            elif isinstance(event, Data):
                self._take(event)
        if data is None:
            self.fields = {name: bytes(value).decode() for name, value in self._given.items()}

    def _begin(self, part: File | Field) -> None:
        if part.name in self._given or (isinstance(part, File) and part.name == "file" and self._file is not None):
            raise ValueError("a name twice")
        self._part = part
        if isinstance(part, Field):
            self._given[part.name] = bytearray()
        elif part.name == "file" and part.filename:
            self.path = self._disk.temporary()
            self._file = self.path.open("wb")

    def _take(self, data: Data) -> None:
        """Browsers send a file field that was left empty as a file without a name."""
        if isinstance(self._part, Field):
            self._room -= len(data.data)
            if self._room < 0:
                raise ValueError("fields are too long")
            self._given[self._part.name] += data.data
        elif self._part is not None and self._part.name == "file" and self._file is not None:
            with no_room_is_said():
                self._file.write(data.data)
                if not data.more_data:
                    self._file.close()


class Uploads:
    """Takes uploads at `paths`, of at most `most` bytes and `seconds`."""

    def __init__(self, disk: Disk, paths: Collection[str], most: int, seconds: float) -> None:
        self._disk = disk
        self._paths = paths
        self._most = most
        self._seconds = seconds
        self._running = 0

    def takes(self, scope: Any, given: dict[bytes, bytes]) -> bool:
        """Nobody's uploads are bodies like others: small, and refused once their sender is asked for."""
        if scope["method"] != "POST" or scope["path"] not in self._paths:
            return False
        is_multipart = given.get(b"content-type", b"").lower().startswith(MULTIPART.encode())
        return is_multipart and (b"authorization" in given or b"cookie" in given)

    async def receive(self, receive: ASGIReceiveCallable, given: dict[bytes, bytes]) -> Upload:
        """Raises BodyRefused."""
        boundary = parse_options_header(given[b"content-type"].decode("latin-1"))[1].get("boundary", "")
        if not 1 <= len(boundary) <= 200:
            raise BodyRefused(400, "bad_request", MALFORMED)
        if self._running >= AT_ONCE:
            raise BodyRefused(503, "unavailable", BUSY)
        announced = given.get(b"content-length", b"")
        if announced.isdigit() and (len(announced) > 18 or int(announced) > self._most):
            raise too_large(self._most)
        upload, is_whole = Upload(self._disk, boundary.encode("latin-1")), False
        self._running += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._fill(upload, receive)
            is_whole = True
        except (OSError, StorageFull) as error:
            raise _said(error, self._seconds) from None
        finally:
            self._running -= 1
            if not is_whole:
                await asyncio.shield(asyncio.to_thread(upload.discard))
        return upload

    async def _fill(self, upload: Upload, receive: ASGIReceiveCallable) -> None:
        waiting, size, more = bytearray(), 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise BodyRefused(400, "body_incomplete", "The request ended before its body was whole.")
            waiting += message.get("body", b"")
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size > self._most:
                raise too_large(self._most)
            while len(waiting) >= WRITTEN_AT or (waiting and not more):
                chunk = bytes(waiting[:WRITTEN_AT])
                del waiting[:WRITTEN_AT]
                await asyncio.to_thread(upload.feed, chunk)
        await asyncio.to_thread(upload.feed, None)


class Sent(NamedTuple):
    """Files of people, on their way in and out."""

    uploads: Uploads
    files: Files


def taken() -> Upload:
    """The upload of the request at hand. Raises UnsupportedMediaType."""
    upload = request.scope.get(SCOPE)
    if upload is None:
        raise UnsupportedMediaType(f"Send the picture as {MULTIPART}, in the field `file`.")
    return cast(Upload, upload)


def _said(error: OSError | StorageFull, seconds: float) -> BodyRefused:
    if isinstance(error, StorageFull):
        return BodyRefused(error.status, error.code, error.detail)
    if isinstance(error, TimeoutError):
        return BodyRefused(408, "body_timeout", f"The request took longer than {seconds:g} seconds to arrive.")
    _log.error("no place for uploads", exc_info=error)
    return BodyRefused(503, "unavailable", "The blog can't keep files right now. Please try again.")
