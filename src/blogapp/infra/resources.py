"""What a process holds open while it works; the same for the web, commands and later workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from limits.aio.storage import Storage

from blogapp.infra import slow, storage, tracing
from blogapp.infra.bus import Bus
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.infra.mail import Mail, mail
from blogapp.infra.metering import metering
from blogapp.infra.redis_bus import RedisBus
from blogapp.infra.storage import Storage as Files
from blogapp.infra.threads import Threads
from blogapp.infra.throttle import DatabaseStorage
from blogapp.infra.tracing import Traces
from blogapp.settings import Settings

TOO_MANY_SIGN_IN = "Too many people are signing in right now. Please try again."
TOO_MANY_SAVE = "Too many texts are being saved right now. Please try again."
TOO_MANY_SEND = "Too many pictures are being looked at right now. Please try again."
TOO_MANY_ASK = "Too many people ask for pictures right now. Please try again in a moment."
MOST_TEXTS = 32
"""That wait to be rendered."""
MOST_PICTURES = 8
"""That wait to be decoded: each is some 300 MB of memory at the most, one after the other."""
MOST_CARDS = 32
"""That wait to be drawn."""


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    db: Database
    hashing: Threads
    rendering: Threads
    pictures: Threads
    drawing: Threads
    storage: Files
    throttle: Storage
    """Counters that must hold across restarts and processes."""
    meter: Storage
    """Counters cheap enough for every request: in Redis if there is one, else of this process alone."""
    mail: Mail | None
    """None where there is no way to send any."""
    bus: Bus
    """What every process of this blog is told."""
    traces: Traces
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the process has been told to stop: it must get no new traffic."""


@asynccontextmanager
async def open_resources(
    settings: Settings, events: Events | None = None, traces: Traces | None = None
) -> AsyncIterator[Resources]:
    """Nothing is connected before it is used, so a database that is away doesn't keep the process from starting."""
    traces = traces or tracing.chosen()
    db = Database(
        settings.database_url.get_secret_value(),
        events or Events(),
        pool_size=settings.database_pool_size,
        timeout=settings.database_timeout,
        watches=(partial(slow.watch, seconds=settings.slow_query_ms / 1000), traces.watch),
    )
    hashing = Threads("hashing", settings.hash_threads, settings.hash_queue, TOO_MANY_SIGN_IN)
    rendering = Threads("rendering", 1, MOST_TEXTS, TOO_MANY_SAVE)
    pictures = Threads("pictures", 1, MOST_PICTURES, TOO_MANY_SEND)
    drawing = Threads("drawing", 1, MOST_CARDS, TOO_MANY_ASK)
    disk = storage.chosen(settings)
    redis_url = settings.redis_url.get_secret_value()
    bus = RedisBus(redis_url) if redis_url else Bus()
    await bus.open()
    try:
        async with metering(redis_url) as meter:
            counters = DatabaseStorage(db)
            yield Resources(
                settings, db, hashing, rendering, pictures, drawing, disk, counters, meter, mail(settings), bus, traces
            )
    finally:
        await bus.close()
        hashing.close()
        rendering.close()
        pictures.close()
        drawing.close()
        await db.close()
        await traces.close()
