"""`blogapp backup`: one moment of the whole blog in one file, while it goes on."""

from __future__ import annotations

import tarfile
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from blogapp.infra import migrations
from blogapp.infra.progress import Progress
from blogapp.infra.resources import Resources
from blogapp.media.models import Media
from blogapp.media.names import files
from blogapp.portability import archive
from blogapp.portability.archive import Manifest, kept

AT_ONCE = 50
"""Rows in memory at a time; a post may be large."""

_OF_SQLITE = "SELECT seq FROM sqlite_sequence WHERE name = :table"
_OF_POSTGRESQL = "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'id'))"


@dataclass(slots=True)
class Saved:
    posts: int
    pictures: int = 0
    lost: list[str] = field(default_factory=list)
    """Pictures whose file is not there."""


async def save(resources: Resources, target: Path, progress: Progress) -> Saved:
    """Raises Refused."""
    with archive.writing(target) as file:
        async with resources.db.snapshot() as connection:
            names = (await connection.scalars(select(Media.name).distinct().order_by(Media.name))).all()
            manifest = await _manifest(connection, len(names))
            archive.add(file, archive.MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
            with progress.count("saving rows", sum(manifest.rows.values())) as advance:
                for table in kept():
                    async for rows in _save(connection, file, table):
                        advance(rows)
        saved = Saved(manifest.rows["posts"])
        with progress.count("saving pictures", len(names)) as advance:
            for name in names:
                await _save_picture(resources, file, name, saved)
                advance(1)
    return saved


async def _manifest(connection: AsyncConnection, pictures: int) -> Manifest:
    counts = {
        str(table.name): await connection.scalar(select(func.count()).select_from(table)) or 0 for table in kept()
    }
    query = _OF_SQLITE if connection.dialect.name == "sqlite" else _OF_POSTGRESQL
    numbered = [str(table.name) for table in kept() if table.autoincrement_column is not None]
    last = {name: await connection.scalar(text(query), {"table": name}) or 0 for name in numbered}
    return Manifest(archive.FORMAT, version("blogapp"), migrations.head(), counts, pictures, last)


async def _save(connection: AsyncConnection, file: tarfile.TarFile, table: Table) -> AsyncIterator[int]:
    """How many rows each time."""
    key = list(table.primary_key)
    query = select(table).order_by(*key).limit(AT_ONCE)
    number, rows = 0, (await connection.execute(query)).mappings().all()
    while rows:
        archive.add(file, f"rows/{table.name}/{number}.jsonl", archive.packed(rows))  # type: ignore[arg-type]  # rows are mappings by name
        yield len(rows)
        last: Any = tuple(rows[-1][column] for column in key)
        number, rows = number + 1, (await connection.execute(query.where(tuple_(*key) > last))).mappings().all()


async def _save_picture(resources: Resources, file: tarfile.TarFile, name: str, saved: Saved) -> None:
    for one in files(name):
        size = await resources.storage.size(one)
        if size is not None:
            content = b"".join([chunk async for chunk in resources.storage.read(one, 0, size)])
            archive.add(file, f"media/{one}", content)
            saved.pictures += one == name
        elif one == name:
            saved.lost.append(name)
