"""Facts told upwards: raised inside a transaction, delivered once it has committed; or while it can still be joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

Subscriber = Callable[[Any], Awaitable[None]]
Partaker = Callable[[AsyncSession, Any], Awaitable[None]]

PARTAKERS = "partakers"
"""In the `info` of every session: the Events of its database."""

_RAISED = "events"
_log = structlog.get_logger("blogapp.events")


def tell(session: AsyncSession, event: object) -> None:
    """Keep `event` until the session's transaction has committed; a rollback forgets it."""
    session.info.setdefault(_RAISED, []).append(event)


def told(session: AsyncSession) -> list[object]:
    """Take what was raised in the session."""
    events: list[object] = session.info.pop(_RAISED, [])
    return events


async def consult(session: AsyncSession, event: object) -> None:
    """What is about to happen: layers above do their part in the same transaction now. What they raise ends it."""
    await session.info[PARTAKERS].consult(session, event)


class Events:
    """Who wants to hear of what. A subscriber that fails is logged and fails nobody else."""

    def __init__(self) -> None:
        self._subscribers: defaultdict[type, list[Subscriber]] = defaultdict(list)
        self._partakers: defaultdict[type, list[Partaker]] = defaultdict(list)

    def partake(self, kind: type, partaker: Partaker) -> None:
        self._partakers[kind].append(partaker)

    async def consult(self, session: AsyncSession, event: object) -> None:
        for partaker in self._partakers[type(event)]:
            await partaker(session, event)

    def subscribe(self, kind: type, subscriber: Subscriber) -> None:
        self._subscribers[kind].append(subscriber)

    async def deliver(self, events: Iterable[object]) -> None:
        for event in events:
            for subscriber in self._subscribers[type(event)]:
                try:
                    await subscriber(event)
                except Exception:  # noqa: BLE001  # whatever it is, it is logged and fails nobody else
                    _log.exception("subscriber failed", event_type=type(event).__name__)
