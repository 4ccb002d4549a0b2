"""Forms with a file, written to disk as they arrive: counted, cut off early, and gone when their request is answered.

They are whole before the application sees them, like every body; only, the file is not in memory.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any, NamedTuple, cast

import structlog
from hypercorn.typing import ASGIReceiveCallable
from quart import request
from werkzeug.http import parse_options_header

from blogapp.errors import StorageFull, UnsupportedMediaType
from blogapp.infra.storage import Storage
from blogapp.web.body import BodyRefused, too_large
from blogapp.web.files import Files
from blogapp.web.multipart import MALFORMED, WRITTEN_AT, Attached, Upload

_log = structlog.get_logger("blogapp.uploads")

SCOPE = "blogapp.upload"
MULTIPART = "multipart/form-data"
AT_ONCE = 16
"""Uploads that a process takes side by side: they come from people who say that they have an account."""

READ_PAST = 5
"""Times the largest file are read of a form, so that the text beside a file that is too large is not lost."""
ROOM_FOR_WORDS = 16 * 1024
"""Bytes of an upload that are not its picture."""

BUSY = "Too many files are on their way right now. Please try again."


class Bounds(NamedTuple):
    """Bytes of a file, and of the other fields of a form that it comes along with; seconds for all of it."""

    file: int
    fields: int
    seconds: float


class Uploads:
    """Takes uploads at `paths`, and files beside texts at `forms`."""

    def __init__(self, disk: Storage, paths: re.Pattern[str], forms: re.Pattern[str], bounds: Bounds) -> None:
        self._disk = disk
        self._paths = paths
        self._forms = forms
        self._bounds = bounds
        self._running = 0

    def takes(self, scope: Any, given: dict[bytes, bytes]) -> bool:
        """Nobody's uploads are bodies like others: small, and refused once their sender is asked for."""
        path = scope["path"]
        if scope["method"] != "POST" or not (self._paths.fullmatch(path) or self._forms.fullmatch(path)):
            return False
        is_multipart = given.get(b"content-type", b"").lower().startswith(MULTIPART.encode())
        return is_multipart and (b"authorization" in given or b"cookie" in given)

    async def receive(self, path: str, receive: ASGIReceiveCallable, given: dict[bytes, bytes]) -> Upload:
        """Raises BodyRefused."""
        bounds, is_form = self._bounds, not self._paths.fullmatch(path)
        most = bounds.file * READ_PAST + bounds.fields if is_form else bounds.file + ROOM_FOR_WORDS
        boundary = parse_options_header(given[b"content-type"].decode("latin-1"))[1].get("boundary", "")
        if not 1 <= len(boundary) <= 200:
            raise BodyRefused(400, "bad_request", MALFORMED)
        if self._running >= AT_ONCE:
            raise BodyRefused(503, "unavailable", BUSY)
        announced = given.get(b"content-length", b"")
        if announced.isdigit() and (len(announced) > 18 or int(announced) > most):
            raise too_large(most)
        ends = boundary.encode("latin-1")
        upload = Attached(self._disk, ends, bounds.fields, bounds.file) if is_form else Upload(self._disk, ends)
        is_whole = False
        self._running += 1
        try:
            async with asyncio.timeout(bounds.seconds):
                await self._fill(upload, receive, most)
            is_whole = True
        except (OSError, StorageFull) as error:
            raise _said(error, bounds.seconds) from None
        finally:
            self._running -= 1
            if not is_whole:
                await asyncio.shield(asyncio.to_thread(upload.discard))
        return upload

    async def _fill(self, upload: Upload, receive: ASGIReceiveCallable, most: int) -> None:
        waiting, size, more = bytearray(), 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise BodyRefused(400, "body_incomplete", "The request ended before its body was whole.")
            waiting += message.get("body", b"")
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size > most:
                raise too_large(most)
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
    upload = received()
    if upload is None:
        raise UnsupportedMediaType(f"Send the picture as {MULTIPART}, in the field `file`.")
    return upload


def received() -> Upload | None:
    return cast("Upload | None", request.scope.get(SCOPE))


def attached() -> Attached | None:
    """The file beside the text of the form at hand, if there is one."""
    upload = received()
    return upload if isinstance(upload, Attached) and upload.is_there else None


def _said(error: OSError | StorageFull, seconds: float) -> BodyRefused:
    if isinstance(error, StorageFull):
        return BodyRefused(error.status, error.code, error.detail)
    if isinstance(error, TimeoutError):
        return BodyRefused(408, "body_timeout", f"The request took longer than {seconds:g} seconds to arrive.")
    _log.error("no place for uploads", exc_info=error)
    return BodyRefused(503, "unavailable", "The blog can't keep files right now. Please try again.")
