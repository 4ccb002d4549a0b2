"""A form with a file, taken apart as it arrives: the file on disk, the other fields in memory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from blogapp.errors import BlogError, Invalid, StorageFull
from blogapp.infra.storage import Storage, no_room_is_said
from blogapp.web.body import BodyRefused

WRITTEN_AT = 256 * 1024
MOST_PARTS = 40
MOST_FIELD_BYTES = 64 * 1024

MALFORMED = "The form could not be read: it is not multipart/form-data."
TWICE = "Send one file at a time, and each field once."


class Upload:
    """`path` is the file of the field `file`, None when none was sent. `most` are the bytes of all other fields."""

    def __init__(self, disk: Storage, boundary: bytes, most: int = MOST_FIELD_BYTES) -> None:
        self.fields: dict[str, str] = {}
        self.path: Path | None = None
        self._disk = disk
        self._decoder = MultipartDecoder(boundary, 4 * WRITTEN_AT, max_parts=MOST_PARTS)
        self._file: BinaryIO | None = None
        self._part: File | Field | None = None
        self._given: dict[str, bytearray] = {}
        self._room = most
        self._turn = Lock()
        self._is_over = False

    def feed(self, data: bytes | None) -> None:
        """The next bytes, None after the last. Raises BodyRefused and StorageFull."""
        try:
            with self._turn:
                self._feed(data)
        except RequestEntityTooLarge:
            raise BodyRefused(413, "body_too_large", "The form has too many fields, or too much in them.") from None
        except ValueError:
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
            raise BodyRefused(400, "bad_request", TWICE)
        self._part = part
        if isinstance(part, Field):
            self._given[part.name] = bytearray()
        elif part.name == "file" and part.filename:
            self._open()

    def _take(self, data: Data) -> None:
        """Browsers send a file field that was left empty as a file without a name."""
        if isinstance(self._part, Field):
            self._room -= len(data.data)
            if self._room < 0:
                raise RequestEntityTooLarge
            self._given[self._part.name] += data.data
        elif self._part is not None and self._part.name == "file" and self._file is not None:
            self._write(self._file, data)

    def _open(self) -> None:
        self.path = self._disk.temporary()
        self._file = self.path.open("wb")

    def _write(self, file: BinaryIO, data: Data) -> None:
        with no_room_is_said():
            file.write(data.data)
            if not data.more_data:
                file.close()


class Attached(Upload):
    """A file beside a text. Whatever is the matter with the file is kept as `refusal`, so that the text arrives."""

    def __init__(self, disk: Storage, boundary: bytes, most: int, largest: int) -> None:
        super().__init__(disk, boundary, most)
        self.refusal: BlogError | None = None
        self._largest = largest
        self._size = 0

    @property
    def is_there(self) -> bool:
        return self.path is not None or self.refusal is not None

    def _open(self) -> None:
        try:
            super()._open()
        except StorageFull as error:
            self.refusal = error

    def _write(self, file: BinaryIO, data: Data) -> None:
        self._size += len(data.data)
        if self._size > self._largest and self.refusal is None:
            self.refusal = Invalid(f"This file is larger than {self._largest // 1024**2:,} MB.")
            file.truncate(0)
        if self.refusal is None:
            try:
                super()._write(file, data)
            except StorageFull as error:
                self.refusal = error
