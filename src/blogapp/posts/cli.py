"""`blogapp posts …`: posts from the command line."""

from __future__ import annotations

import click

from blogapp.infra import progress
from blogapp.infra.command import work
from blogapp.infra.resources import Resources
from blogapp.posts import indexing, rendering


@click.group()
def posts() -> None:
    """Look after posts."""


@posts.command()
@click.option("--all", "every", is_flag=True, help="Also those that this version has made.")
def render(*, every: bool) -> None:
    """Make the HTML of posts again that an earlier version has made of their Markdown."""

    async def do(resources: Resources) -> None:
        done = await rendering.render_again(resources, progress.shown(), every=every)
        click.echo(f"{done} post{'' if done == 1 else 's'} rendered")

    work(do)


@posts.command()
@click.option("--all", "every", is_flag=True, help="Also those that search knows as they are.")
def index(*, every: bool) -> None:
    """Let search know posts that it doesn't know yet; the server does the same every ten minutes."""

    async def do(resources: Resources) -> None:
        done = await indexing.index_again(
            resources.db, resources.rendering, progress.shown(), "all" if every else "stale"
        )
        click.echo(f"{done} post{'' if done == 1 else 's'} indexed")

    work(do)
