"""How much there is to do, for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from blogapp.infra.db import Database, columns, now
from blogapp.infra.outbox import DEAD, DONE, RUNNING, WAITING, Job

COUNTED = 10_000
"""Rows of a state counted at most, so that the question costs the same however many there are."""
STATES = (WAITING, RUNNING, DEAD, DONE)

_job = columns(Job)


@dataclass(frozen=True, slots=True)
class Backlog:
    states: dict[str, int]
    """Rows in each state; `COUNTED` stands for as many or more."""
    overdue: float
    """Seconds the next of the waiting rows has been due."""


async def of(db: Database) -> Backlog:
    """One statement, by index."""
    first = select(_job.due_at).where(_job.state == WAITING).order_by(_job.due_at).limit(1).scalar_subquery()
    [row] = await db.rows(select(*(_counted(state).label(state) for state in STATES), first.label("first")))
    *numbers, due_at = row
    overdue = max(0.0, (now() - due_at).total_seconds()) if due_at else 0.0
    return Backlog(dict(zip(STATES, numbers, strict=True)), overdue)


def _counted(state: str) -> Any:
    some = select(_job.id).where(_job.state == state).limit(COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
