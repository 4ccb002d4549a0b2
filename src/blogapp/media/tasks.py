"""What is done for pictures after the request that asked for it: each bears to be done twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.media import pictures, service
from blogapp.media.names import files, of_width, widths


async def shrink(resources: Resources, work: Work) -> None:
    """Make the smaller widths of a picture; nothing where it was deleted meanwhile."""
    storage, name = resources.storage, work.facts["name"]
    for width in widths(work.facts["width"], moves=work.facts["moves"]):
        if (size := await storage.size(name)) is None:
            return
        if await storage.size(of_width(name, width)) is not None:
            continue
        content = b"".join([chunk async for chunk in storage.read(name, 0, size)])
        target = await asyncio.to_thread(storage.temporary)
        try:
            await resources.pictures.run(pictures.shrink, content, width, target)
            await storage.put(of_width(name, width), target)
        finally:
            target.unlink(missing_ok=True)


async def remove(resources: Resources, work: Work) -> None:
    """Delete the files of a picture that nobody has any more."""
    name = work.facts["name"]
    async with resources.db.transaction() as session:
        wanted = await service.is_wanted(session, name)
    if not wanted:
        await resources.storage.delete(*files(name))


async def sweep(resources: Resources) -> None:
    """What nobody uses, and what processes that were killed left half-way."""
    grace = timedelta(days=resources.settings.media_grace_days)
    async with resources.db.transaction() as session:
        await service.sweep(session, grace)
    await resources.storage.tidy()
