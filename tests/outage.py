"""A PostgreSQL that goes away and comes back: what stands between it and the application can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

PORT = ".s.PGSQL.5432"


class Wire:
    """Forwards every connection to the server until it is cut."""

    def __init__(self, url: str, folder: Path) -> None:
        parsed = make_url(url)
        self._server = Path(str(parsed.query["host"])) / PORT
        self._folder = folder
        self._listening: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.url = f"postgresql://{parsed.username}@/{parsed.database}?host={folder}"

    async def mend(self) -> None:
        self._listening = await asyncio.start_unix_server(self._forward, self._folder / PORT)

    async def cut(self) -> None:
        """Connections break, and new ones are refused."""
        if self._listening is not None:
            self._listening.close()
        (self._folder / PORT).unlink(missing_ok=True)
        self.release()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Connections stay and are made, and nothing comes through."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_unix_connection(self._server)
        self._writers |= {writer, inner_writer}
        for source, target in ((reader, inner_writer), (inner_reader, writer)):
            task = asyncio.create_task(self._copy(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()
            self._writers.discard(target)


@asynccontextmanager
async def wire(url: str, folder: Path) -> AsyncIterator[Wire]:
    made = Wire(url, folder)
    await made.mend()
    try:
        yield made
    finally:
        await made.cut()
