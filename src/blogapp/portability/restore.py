"""`blogapp restore`: a blog out of the file of a backup, on either database, wholly or not at all."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.errors import Refused
from blogapp.infra import migrations
from blogapp.infra.db import Base
from blogapp.infra.progress import Progress
from blogapp.infra.resources import Resources
from blogapp.portability import archive
from blogapp.portability.archive import FORMAT, Manifest, kept
from blogapp.posts import indexing


async def bring_back(resources: Resources, source: Path, progress: Progress, *, force: bool) -> Manifest:
    """Pictures first: without their rows they hurt nobody. Raises Refused."""
    manifest = await asyncio.to_thread(archive.manifest, source)
    _must_fit(manifest)
    if not force:
        await _must_be_empty(resources)
    await _bring_pictures(resources, source, progress)
    async with resources.db.transaction() as session:
        await _replace(session, source, manifest, progress)
    await indexing.index_again(resources.db, resources.rendering, progress, "stale")
    return manifest


def _must_fit(manifest: Manifest) -> None:
    if manifest.format != FORMAT or manifest.revision != migrations.head():
        raise Refused(
            f"this is the backup of blogapp {manifest.made_by} at revision {manifest.revision}, and this program is at "
            f"{migrations.head()}: restore it with the version that made it, and upgrade then"
        )


async def _must_be_empty(resources: Resources) -> None:
    if await resources.db.row(select(User.__table__.c.id).limit(1)) is not None:
        raise Refused("this blog is not empty: --force restores all the same, and everything in it is lost")


async def _bring_pictures(resources: Resources, source: Path, progress: Progress) -> None:
    with archive.reading(source) as file, progress.count("restoring pictures", _pictures(source)) as advance:
        for name, content in archive.pictures(file):
            target = await asyncio.to_thread(resources.storage.temporary)
            try:
                await asyncio.to_thread(_write, content, target)
                await resources.storage.put(name, target)
            finally:
                target.unlink(missing_ok=True)
            advance(1)


def _pictures(source: Path) -> int:
    """With all their widths."""
    with archive.reading(source) as file:
        return sum(1 for _ in archive.pictures(file))


def _write(content: Any, target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(content, file)


async def _replace(session: AsyncSession, source: Path, manifest: Manifest, progress: Progress) -> None:
    for table in reversed(Base.metadata.sorted_tables):
        await session.execute(delete(table))
    total = sum(manifest.rows.values())
    with archive.reading(source) as file, progress.count("restoring rows", total) as advance:
        for table, rows in archive.rows(file):
            await session.execute(insert(table), rows)
            advance(len(rows))
    for table in kept():
        if table.autoincrement_column is not None:
            await _number_on(session, table.name, manifest.last_ids.get(table.name, 0))


async def _number_on(session: AsyncSession, name: str, last: int) -> None:
    """After the highest id that was ever given, there or here."""
    table = Base.metadata.tables[name]
    if session.get_bind().dialect.name == "sqlite":
        if table.dialect_options["sqlite"]["autoincrement"]:
            given = {"table": name, "last": last}
            await session.execute(text(_SQLITE_KNOWS), given)
            await session.execute(text("UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :table"), given)
        return
    highest = await session.scalar(select(func.max(table.c.id))) or 0
    await session.execute(text(_POSTGRESQL_GOES_ON), {"table": name, "next": max(highest, last) + 1})


_SQLITE_KNOWS = """INSERT INTO sqlite_sequence (name, seq)
SELECT :table, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :table)"""

_POSTGRESQL_GOES_ON = """SELECT setval(sequence, greatest(:next, coalesce(pg_sequence_last_value(sequence), 0) + 1), false)
FROM (SELECT pg_get_serial_sequence(:table, 'id')::regclass AS sequence) AS found"""
