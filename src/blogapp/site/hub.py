"""Telling a WebSub hub which feeds have changed, so that those who read them need not ask again and again.

A publisher and its hub agree between themselves how that is told (WebSub, 6); what all public hubs take is the `publish`
request of PubSubHubbub 0.4, 7.1, which is sent here.
"""

from __future__ import annotations

import asyncio
from functools import partial
from http.client import HTTPException
from secrets import token_hex
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.infra import outbox
from blogapp.infra.events import Events
from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.posts.events import ListsChange
from blogapp.posts.models import Series
from blogapp.settings import Settings
from blogapp.site.feed_answers import FORMATS
from blogapp.web.addresses import author_url, mounted_at

TASK = "hub"
PATIENCE = 10.0
"""Seconds for one answer of the hub."""


def subscribe(events: Events, settings: Settings) -> None:
    """Without SITE_URL a feed has no address that is the same for all."""
    if settings.websub_hub and settings.site_url:
        events.partake(ListsChange, partial(_put, settings))


async def publish(resources: Resources, work: Work) -> None:
    """To the hub that is set now. Raises OSError when it can't be reached or refuses: then all is told again later."""
    hub = resources.settings.websub_hub
    for feed in work.facts["feeds"] if hub else ():
        await asyncio.to_thread(_tell, hub, feed)


async def _put(settings: Settings, session: AsyncSession, event: ListsChange) -> None:
    names = await session.scalars(select(User.username).where(User.id.in_(event.author_ids)).order_by(User.id))
    series = await session.scalars(select(Series.slug).where(Series.id == event.series_id))
    root = mounted_at.get()
    places = [
        root,
        *(author_url(name) for name in names),
        *(f"{root}/tags/{label.slug}" for label in event.tags),
        *(f"{root}/series/{slug}" for slug in series),
    ]
    feeds = [f"{settings.site_url}{place}/feed.{kind}" for place in places for kind in FORMATS]
    await outbox.put(session, TASK, f"{TASK}.{event.post_id}.{token_hex(4)}", feeds=feeds)


def _tell(hub: str, feed: str) -> None:
    body = urlencode({"hub.mode": "publish", "hub.url": feed}).encode()
    try:
        with urlopen(Request(hub, body, {"User-Agent": "blogapp"}), timeout=PATIENCE):  # noqa: S310  # http or https, as the setting demands
            pass
    except HTTPException as error:
        raise OSError(str(error)) from error
