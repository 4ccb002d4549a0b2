"""Files in a bucket of S3, or of what speaks like it; they are collected on the disk before they go there.

Where the bucket is reached, and with which keys, obstore takes from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY, or from the machine it runs on (the role of an instance), as other programs for S3 do.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from blogapp.errors import Refused, Unavailable
from blogapp.infra.db import now
from blogapp.infra.storage import CHUNK, FRESH, Disk

PATIENCE = 10.0
"""Seconds for an answer that is not a file."""
LONGEST = timedelta(minutes=10)
"""For a whole file, as slowly as its reader takes it."""
RETRY_AFTER = 10

AWAY = "The pictures can't be reached right now. Nothing was changed; please try again later."

_log = structlog.get_logger("blogapp.s3")


class Bucket:
    def __init__(self, url: str, disk: Disk) -> None:
        """`url` is like s3://bucket/folder. Raises Refused."""
        self._disk = disk
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        try:
            self._store = S3Store.from_url(
                url,
                client_options={"allow_http": plain, "timeout": LONGEST, "connect_timeout": timedelta(seconds=5)},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=PATIENCE)},
            )
        except (BaseError, ValueError) as error:
            raise Refused(f"MEDIA_URL or a setting of AWS is wrong: {_line(error)}") from None

    async def put(self, name: str, source: Path) -> None:
        with _away_is_said("put", name):
            await obstore.put_async(self._store, name, source)
        await asyncio.to_thread(source.unlink)

    async def size(self, name: str) -> int | None:
        with _away_is_said("head", name):
            try:
                async with asyncio.timeout(PATIENCE):
                    return (await obstore.head_async(self._store, name))["size"]
            except FileNotFoundError:
                return None

    async def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        with _away_is_said("get", name, missing_is_said=False):
            found = await obstore.get_async(self._store, name, options={"range": (start, start + length)})
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def delete(self, *names: str) -> None:
        for name in names:
            with _away_is_said("delete", name):
                try:
                    put_at = (await obstore.head_async(self._store, name))["last_modified"]
                except FileNotFoundError:
                    continue
                if put_at <= now() - timedelta(seconds=FRESH):
                    await obstore.delete_async(self._store, name)

    async def tidy(self) -> None:
        await self._disk.tidy()

    def temporary(self) -> Path:
        return self._disk.temporary()


class _away_is_said:  # noqa: N801  # it reads as a statement, like suppress
    """Turns what the bucket refuses, or nobody answers, into Unavailable and a line of the log."""

    def __init__(self, act: str, name: str, *, missing_is_said: bool = True) -> None:
        self._act, self._name = act, name
        self._troubles = (BaseError, OSError) if missing_is_said else (BaseError,)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, self._troubles):
            _log.error("bucket failed", act=self._act, name=self._name, error=_line(error))
            raise Unavailable(AWAY, retry_after=RETRY_AFTER) from error


def _line(error: BaseException) -> str:
    """Obstore adds pages of what only its makers understand."""
    return str(error).partition("\n")[0] or type(error).__name__
