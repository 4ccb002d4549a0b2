"""What is done in the background, and the process that does nothing else."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from blogapp.accounts import tasks as accounts
from blogapp.comments import service as comment_acts
from blogapp.comments import tasks as comments
from blogapp.community import noticing
from blogapp.community import service as community
from blogapp.community import tasks as community_tasks
from blogapp.infra import audit, outbox, throttle
from blogapp.infra.cache import Cache
from blogapp.infra.events import Events
from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources, open_resources
from blogapp.infra.tasks import Patience, Tasks
from blogapp.live import announcements
from blogapp.media import tasks as media
from blogapp.posts import authorship, copies, trash
from blogapp.posts import tasks as posts
from blogapp.settings import Settings
from blogapp.site import hub, purging
from blogapp.web.stored import Page

Duty = Callable[[Resources, Work], Awaitable[None]]

_log = structlog.get_logger("blogapp.worker")


async def sweep(resources: Resources, _: Work) -> None:
    async with resources.db.transaction() as session:
        await accounts.sweep(session)
        await throttle.sweep(session)
        await outbox.sweep(session)
        await trash.sweep(session)
        await copies.sweep(session)
        await noticing.sweep(session)
    await media.sweep(resources)


DUTIES: dict[str, Duty] = {
    "welcome": accounts.welcome,
    "confirm": accounts.confirm,
    "reset": accounts.reset,
    "appear": posts.appear,
    "appeared": posts.appeared,
    "invite": posts.invite,
    "media_shrink": media.shrink,
    "media_remove": media.remove,
    "comment": comments.announce,
    "comment_letter": comments.write,
    "digest": community_tasks.digest,
    "digest_letter": community_tasks.write,
    "hub": hub.publish,
    "index": posts.index,
    "index_stale": posts.index_stale,
    "sweep": sweep,
}

EVERY = {"sweep": 3600, "index": 600, "index_stale": 86400, "digest": 86400}
"""Seconds."""


def join(events: Events, opened: Resources, pages: Cache[Page]) -> None:
    """All that takes part in acts or hears of them, in whatever process they are done. `pages` are those kept in this one."""
    comment_acts.subscribe(events)
    community.subscribe(events)
    noticing.subscribe(events)
    authorship.subscribe(events)
    hub.subscribe(events, opened.settings)
    purging.subscribe(events, opened.bus, pages)
    announcements.subscribe(events, opened.db, opened.bus)


def tasks(resources: Resources) -> Tasks:
    settings = resources.settings
    return Tasks(
        resources.db,
        {name: partial(_perform, duty, resources) for name, duty in DUTIES.items()},
        EVERY,
        Patience(settings.task_lease, settings.task_tries, settings.task_wait),
        settings.redis_url.get_secret_value(),
    )


async def _perform(duty: Duty, resources: Resources, work: Work) -> None:
    with resources.traces.task(work.task, work.traceparent or ""):
        await duty(resources, work)


async def run(settings: Settings) -> None:
    """Does tasks until SIGTERM, SIGINT or SIGHUP."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    events = Events()
    events.subscribe(audit.Audited, audit.write)
    async with open_resources(settings, events) as resources:
        join(events, resources, Cache[Page](0))
        async with tasks(resources).running(works=True):
            _log.info("working", redis=bool(settings.redis_url.get_secret_value()))
            await stop.wait()
    _log.info("stopped")
