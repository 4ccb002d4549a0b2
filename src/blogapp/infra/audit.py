"""Who did what that matters for security: one line each, once it has really happened."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.infra.events import Events, tell

_log = structlog.get_logger("blogapp.audit")


@dataclass(frozen=True, slots=True)
class Audited:
    act: str
    facts: dict[str, object] = field(default_factory=dict)


def note(session: AsyncSession, act: str, **facts: object) -> None:
    """Log `act` after the session's transaction has committed. Facts are ids and names, never secrets."""
    tell(session, Audited(act, facts))


def refused(act: str, **facts: object) -> None:
    """Log at once that somebody was refused."""
    _log.warning(act, **facts)


def listening() -> Events:
    """Events of which what is noted here gets written."""
    events = Events()
    events.subscribe(Audited, write)
    return events


async def write(event: Audited) -> None:
    _log.info(event.act, **event.facts)
