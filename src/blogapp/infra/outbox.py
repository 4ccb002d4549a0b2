"""Work that must not be lost: a row written in the act's own transaction, kept until the work is done.

At least once: a task may run again after its process was killed, so it has to bear that. The row's key says what
one piece of work is, and stays taken for `KEPT` after it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.errors import NotFound
from blogapp.infra import audit, logs
from blogapp.infra.db import Base, Database, UTCDateTime, columns, insert_into, now
from blogapp.infra.events import tell
from blogapp.infra.reads import AnyRow

WAITING, RUNNING, DEAD, DONE = "waiting", "running", "dead", "done"
OPEN = (WAITING, RUNNING)
"""States in which a row that is due gets done."""

KEPT = timedelta(days=7)
"""How long a row that is done goes on refusing another one with its key."""

HANDED_AGAIN = timedelta(seconds=15)
"""After which a row is handed out again that nobody has begun: what it was handed to may have been lost."""

ERROR_LENGTH = 500


class Job(Base):
    """`due_at` of a running row is the end of its lease: a killed process lets it run out."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    task: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(String(64))
    traceparent: Mapped[str | None] = mapped_column(String(55))
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Hopeless(Exception):
    """Doing it again would change nothing; the message is what administrators read."""


@dataclass(frozen=True, slots=True)
class Put:
    """Something is due."""


@dataclass(frozen=True, slots=True)
class Work:
    """A row that has been claimed: `tries` counts this try too."""

    id: int
    key: str
    task: str
    facts: dict[str, Any]
    request_id: str
    traceparent: str | None
    tries: int


_job = columns(Job)
_is_undone = _job.state.in_((*OPEN, DEAD))
_listed = (_job.id, _job.key, _job.task, _job.state, _job.tries, _job.due_at, _job.last_error, _job.created_at)


async def put(session: AsyncSession, task: str, key: str, *, due_at: datetime | None = None, **facts: Any) -> None:
    """Have `task` done once the session's transaction has committed, or at `due_at`; a key that is taken changes nothing.

    Facts go into the database as they are: no secrets.
    """
    moment = now()
    values = {
        "key": key,
        "task": task,
        "facts": facts,
        "request_id": logs.request_id.get()[:64],
        "traceparent": logs.traceparent.get() or None,
        "state": WAITING,
        "tries": 0,
        "due_at": due_at or moment,
        "last_error": "",
        "created_at": moment,
    }
    await session.execute(insert_into(session, Job).values(**values).on_conflict_do_nothing(index_elements=[Job.key]))
    tell(session, Put())


async def is_any_due(db: Database) -> bool:
    """One read by index, before anybody takes the writers' lock."""
    moment = now()
    return await db.row(select(_job.id).where(*_due(moment)).limit(1)) is not None


async def hand_out(session: AsyncSession, most: int) -> Sequence[tuple[int, str]]:
    """Ids and tasks of at most `most` rows that are due. No other process gets them for `HANDED_AGAIN`."""
    moment = now()
    chosen = select(Job.id).where(*_due(moment)).order_by(Job.due_at).limit(most).with_for_update(skip_locked=True)
    handed = await session.execute(
        update(Job)
        .where(Job.id.in_(chosen))
        .values(handed_at=moment)
        .returning(Job.id, Job.task)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.task) for row in handed]


async def claim(session: AsyncSession, id: int, lease: timedelta) -> Work | None:
    """The row for as long as `lease`; None when it is done, claimed by another, or gone."""
    moment = now()
    free = select(Job.id).where(Job.id == id, Job.state.in_(OPEN), Job.due_at <= moment)
    claimed = await session.execute(
        update(Job)
        .where(Job.id.in_(free.with_for_update(skip_locked=True)))
        .values(state=RUNNING, tries=Job.tries + 1, due_at=moment + lease, handed_at=None)
        .returning(Job.id, Job.key, Job.task, Job.facts, Job.request_id, Job.traceparent, Job.tries)
        .execution_options(synchronize_session=False)
    )
    row = claimed.first()
    return Work(*row) if row else None


async def finish(session: AsyncSession, work: Work) -> None:
    """What it was about is forgotten; its key stays for `KEPT`."""
    await session.execute(
        update(Job).where(Job.id == work.id).values(state=DONE, facts={}, due_at=now() + KEPT, last_error="")
    )


async def put_off(session: AsyncSession, work: Work, error: str, wait: timedelta | None) -> None:
    """To be tried again after `wait`, or dead when that is None; nothing when its lease ran out meanwhile."""
    state, due_at = (DEAD, now()) if wait is None else (WAITING, now() + wait)
    await session.execute(
        update(Job)
        .where(Job.id == work.id, Job.state == RUNNING, Job.tries == work.tries)
        .values(state=state, due_at=due_at, last_error=error[:ERROR_LENGTH])
    )


async def retry(session: AsyncSession, id: int) -> None:
    """At once and with all its tries. Raises NotFound."""
    changed = await session.execute(
        update(Job)
        .where(Job.id == id, Job.state.in_((DEAD, WAITING)))
        .values(state=WAITING, tries=0, due_at=now(), handed_at=None)
        .returning(Job.id)
    )
    _require(changed.first())
    audit.note(session, "task retried", task_id=id)
    tell(session, Put())


async def drop(session: AsyncSession, id: int) -> None:
    """It will not be done. Raises NotFound."""
    dropped = await session.execute(delete(Job).where(Job.id == id, Job.state != DONE).returning(Job.id))
    _require(dropped.first())
    audit.note(session, "task dropped", task_id=id)


async def sweep(session: AsyncSession) -> None:
    await session.execute(delete(Job).where(Job.state == DONE, Job.due_at <= now()))


async def undone(db: Database, offset: int, size: int) -> tuple[Sequence[AnyRow], int]:
    """What is dead first, then what comes next; and how many there are in all."""
    rows = select(*_listed).where(_is_undone).order_by(_job.state != DEAD, _job.due_at, _job.id)
    count = select(func.count()).select_from(Job.__table__).where(_is_undone)
    return await db.rows(rows.offset(offset).limit(size)), int((await db.rows(count))[0][0])


def _due(moment: datetime) -> tuple[Any, ...]:
    return (
        _job.state.in_(OPEN),
        _job.due_at <= moment,
        or_(_job.handed_at.is_(None), _job.handed_at <= moment - HANDED_AGAIN),
    )


def _require(row: object) -> None:
    if row is None:
        raise NotFound("There is no such task.")
