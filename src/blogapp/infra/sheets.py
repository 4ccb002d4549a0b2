"""Numbers that several processes write and any of them adds up: a file of memory for each process.

A process writes to its own sheet only, without a lock. It holds the file locked while it lives, so everybody can see
whose numbers still grow; one that starts goes on where a dead one ended, and no count is ever lost or gets smaller.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from blogapp.errors import Refused

KEY = 160
"""Bytes of a record's name."""
NUMBERS = 17
"""Of eight bytes each, of which the first says whether the record is in use."""
RECORD = KEY + NUMBERS * 8
RECORDS = 1024
SIZE = RECORD * RECORDS
LAYOUT = f"{KEY}-{NUMBERS}-{RECORDS}-1"
"""Sheets of another version of the program are left alone."""


class Sheet:
    def __init__(self, memory: bytearray | mmap.mmap, descriptor: int | None = None) -> None:
        self._memory = memory
        self._descriptor = descriptor
        self.numbers = memoryview(memory).cast("q")
        self._places = {key: place for place, key in self._used()}

    def place(self, key: str) -> int:
        """Where in `numbers` the sixteen of this name begin. Names beyond `RECORDS` share the last place."""
        cut = key.encode()[:KEY].decode(errors="ignore")
        found = self._places.get(cut)
        return self._make(cut) if found is None else found

    def records(self) -> Iterator[tuple[str, list[int]]]:
        for place, key in self._used():
            yield key, self.numbers[place : place + NUMBERS - 1].tolist()

    def close(self) -> None:
        """Numbers stay for others to see."""
        self.numbers.release()
        if isinstance(self._memory, mmap.mmap):
            self._memory.close()
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _used(self) -> Iterator[tuple[int, str]]:
        for start in range(0, SIZE, RECORD):
            if not self.numbers[(start + KEY) // 8]:
                return
            yield (start + KEY) // 8 + 1, bytes(self._memory[start : start + KEY]).rstrip(b"\0").decode()

    def _make(self, key: str) -> int:
        start = min(len(self._places), RECORDS - 1) * RECORD
        if len(self._places) < RECORDS:
            self._memory[start : start + KEY] = key.encode().ljust(KEY, b"\0")
            self.numbers[(start + KEY) // 8] = 1
        place = self._places[key] = (start + KEY) // 8 + 1
        return place


def shared_by(folder: Path | None) -> AbstractContextManager[str | Path]:
    """The folder that was asked for, or one of our own that is gone afterwards."""
    return nullcontext(folder) if folder else TemporaryDirectory(prefix="blogapp-metrics-", ignore_cleanup_errors=True)


def private() -> Sheet:
    """For a process on its own."""
    return Sheet(bytearray(SIZE))


def require(folder: Path) -> None:
    """Raises Refused when no sheets can be kept there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Refused(f"METRICS_DIR can't be used: {error}") from None


def taken(folder: Path) -> Sheet:
    """The first sheet in the folder that no living process has."""
    for number in count():
        descriptor = os.open(folder / f"{LAYOUT}.{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _is_free(descriptor, fcntl.LOCK_EX):
            os.ftruncate(descriptor, SIZE)
            return Sheet(mmap.mmap(descriptor, SIZE), descriptor)
        os.close(descriptor)
    raise AssertionError("there is always another number")


def all_in(folder: Path) -> Iterator[tuple[list[tuple[str, list[int]]], bool]]:
    """The records of each sheet, and whether its process is alive."""
    for path in sorted(folder.glob(f"{LAYOUT}.*")):
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            is_alive = not _is_free(descriptor, fcntl.LOCK_SH)
            if os.fstat(descriptor).st_size == SIZE:
                with mmap.mmap(descriptor, SIZE) as memory:
                    sheet = Sheet(memory)
                    records = list(sheet.records())
                    sheet.numbers.release()
                yield records, is_alive
        finally:
            os.close(descriptor)


def _is_free(descriptor: int, lock: int) -> bool:
    try:
        fcntl.flock(descriptor, lock | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
