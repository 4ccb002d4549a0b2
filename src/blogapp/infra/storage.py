"""Files that people send, by names made of what is in them: a name never stands for other bytes."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol, cast

from blogapp.errors import StorageFull
from blogapp.infra import extras
from blogapp.settings import Settings

CHUNK = 256 * 1024
"""Bytes read and sent at a time."""

FRESH = 60.0
"""Seconds in which a file that was put is not deleted: whoever put it is about to say what it is for."""

ABANDONED = 24 * 3600.0
"""Seconds after which a temporary file belongs to a process that is gone."""

FULL = "There is no room for this picture right now. Nothing was changed; please try again later."

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Storage(Protocol):
    """What keeps files. Raises StorageFull where there is no room and Unavailable where it is away, and leaves nothing
    half-written.
    """

    async def put(self, name: str, source: Path) -> None:
        """Move `source` there, durably; a file of that name is the same one."""

    async def size(self, name: str) -> int | None:
        """Bytes, or None when there is no such file."""

    def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        """Raises FileNotFoundError."""

    async def delete(self, *names: str) -> None:
        """Those that are there and were not put a moment ago."""

    async def tidy(self) -> None:
        """Remove what processes that were killed have left behind."""

    def temporary(self) -> Path:
        """A new empty file, for what is on its way. Raises StorageFull."""


class Disk:
    """A folder. Nothing here waits on the event loop for a disk."""

    def __init__(self, folder: Path, spare: int = 0) -> None:
        """`spare` are bytes that are left free for others, above all for the database."""
        self.folder = folder
        self.spare = spare
        self.incoming = folder / "incoming"
        """For files that are on their way: a rename from here is within one file system."""

    async def put(self, name: str, source: Path) -> None:
        await asyncio.to_thread(self._put, name, source)

    async def size(self, name: str) -> int | None:
        return await asyncio.to_thread(self._size, name)

    async def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread((self.folder / name).open, "rb")
        try:
            file.seek(start)
            while length > 0 and (chunk := await asyncio.to_thread(file.read, min(CHUNK, length))):
                length -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def delete(self, *names: str) -> None:
        await asyncio.to_thread(self._delete, names)

    async def tidy(self) -> None:
        await asyncio.to_thread(self._tidy)

    def temporary(self) -> Path:
        with no_room_is_said():
            self.incoming.mkdir(parents=True, exist_ok=True)
            if self.spare and shutil.disk_usage(self.incoming).free < self.spare:
                raise StorageFull(FULL)
            with NamedTemporaryFile(dir=self.incoming, delete=False) as file:
                return Path(file.name)

    def _put(self, name: str, source: Path) -> None:
        target = self.folder / name
        with no_room_is_said():
            with suppress(FileNotFoundError):
                os.utime(target)
                source.unlink()
                return
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(source)
            source.chmod(0o640)
            source.replace(target)
            _sync(target.parent)

    def _size(self, name: str) -> int | None:
        try:
            return (self.folder / name).stat().st_size
        except OSError:
            return None

    def _delete(self, names: tuple[str, ...]) -> None:
        for name in names:
            path = self.folder / name
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= time.time() - FRESH:
                    path.unlink()

    def _tidy(self) -> None:
        for path in self.incoming.glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime <= time.time() - ABANDONED:
                    path.unlink()


def chosen(settings: Settings) -> Storage:
    """Raises Refused for a MEDIA_URL that is none, or without the extra."""
    disk = Disk(settings.media_dir, settings.media_spare)
    if not settings.media_url:
        return disk
    return cast(Storage, extras.load("blogapp.infra.s3", "s3").Bucket(settings.media_url, disk))


class no_room_is_said:  # noqa: N801  # it reads as a statement, like suppress
    """Turns the system's word for a full disk, quota or file into StorageFull."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise StorageFull(FULL) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
