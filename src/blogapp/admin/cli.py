"""`blogapp tasks …`: what waits in the background, from the command line."""

from __future__ import annotations

import asyncio
from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import settings as configuration
from blogapp.infra import outbox
from blogapp.infra.command import carry_out, require_current
from blogapp.infra.resources import Resources, open_resources

LISTED_AT_ONCE = 500


@click.group()
def tasks() -> None:
    """List background tasks, and do them again or drop them."""


@tasks.command("list")
def list_tasks() -> None:
    """List tasks that are not done, dead ones first."""
    asyncio.run(_list())


@tasks.command()
@click.argument("id", type=click.IntRange(1, 2**31 - 1))
def retry(id: int) -> None:
    """Have a task done again at once, with all its tries."""

    async def act(_: Resources, session: AsyncSession) -> None:
        await outbox.retry(session, id)
        click.echo(f"Task {id} is due now.")

    carry_out(act)


@tasks.command()
@click.argument("id", type=click.IntRange(1, 2**31 - 1))
def drop(id: int) -> None:
    """Never do a task."""

    async def act(_: Resources, session: AsyncSession) -> None:
        await outbox.drop(session, id)
        click.echo(f"Task {id} is dropped.")

    carry_out(act)


async def _list() -> None:
    async with open_resources(configuration.load()) as resources:
        await require_current(resources)
        offset = 0
        while True:
            rows, _ = await outbox.undone(resources.db, offset, LISTED_AT_ONCE)
            for row in rows:
                click.echo(_line(row))
            if len(rows) < LISTED_AT_ONCE:
                return
            offset += LISTED_AT_ONCE


def _line(row: Any) -> str:
    due = row.due_at.isoformat(timespec="seconds")
    return "\t".join([str(row.id), row.state, row.key, f"{row.tries} tries", due, row.last_error]).rstrip("\t")
