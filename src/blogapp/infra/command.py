"""How a command of the terminal acts: on a database at our revision, in one transaction, refused in one line."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence

import click
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import settings as configuration
from blogapp.errors import BlogError, Refused
from blogapp.infra import audit, logs, migrations
from blogapp.infra.bus import DROP
from blogapp.infra.db import Database
from blogapp.infra.reads import AnyRow
from blogapp.infra.resources import Resources, open_resources

Act = Callable[[Resources, AsyncSession], Awaitable[None]]
Work = Callable[[Resources], Awaitable[None]]
Page = Callable[[Database, int, int], Awaitable[tuple[Sequence[AnyRow], int]]]
"""Rows from an offset on, and how many there are in all."""

AT_ONCE = 500
"""Rows read at a time."""


def carry_out(act: Act) -> None:
    """One act in one transaction. Raises Refused."""

    async def do(resources: Resources) -> None:
        async with resources.db.transaction() as session:
            await act(resources, session)

    work(do)


def work(do: Work) -> None:
    """Acts in as many transactions as they take. What they log and the tasks they cause share an id; what they may have
    changed is known to none of the caches. Raises Refused.
    """

    async def run() -> None:
        logs.request_id.set(f"command.{secrets.token_hex(6)}")
        async with open_resources(configuration.load(), audit.listening()) as resources:
            await _require_current(resources)
            await do(resources)
            await resources.bus.publish({DROP: "all"})

    try:
        asyncio.run(run())
    except BlogError as error:
        raise Refused(error.detail) from None


def print_lines(page: Page, line: Callable[[AnyRow], str]) -> None:
    """All rows, however many, a line each. Raises Refused."""

    async def run() -> None:
        async with open_resources(configuration.load()) as resources:
            await _require_current(resources)
            offset = 0
            while True:
                rows, _ = await page(resources.db, offset, AT_ONCE)
                for row in rows:
                    click.echo(line(row))
                if len(rows) < AT_ONCE:
                    return
                offset += AT_ONCE

    asyncio.run(run())


async def _require_current(resources: Resources) -> None:
    async with resources.db.read() as connection:
        if not await migrations.is_current(connection):
            raise Refused("the database is not at this program's revision: run `blogapp db upgrade` first")
