"""`blogapp tasks …`: what waits in the background, from the command line."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.infra import outbox
from blogapp.infra.command import carry_out, print_lines
from blogapp.infra.resources import Resources


@click.group()
def tasks() -> None:
    """List background tasks, and do them again or drop them."""


@tasks.command("list")
def list_tasks() -> None:
    """List tasks that are not done, dead ones first."""
    print_lines(outbox.undone, _line)


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


def _line(row: Any) -> str:
    due = row.due_at.isoformat(timespec="seconds")
    return "\t".join([str(row.id), row.state, row.key, f"{row.tries} tries", due, row.last_error]).rstrip("\t")
