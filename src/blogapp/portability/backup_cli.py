"""`blogapp backup` and `blogapp restore`."""

from __future__ import annotations

from pathlib import Path

import click

from blogapp import settings as configuration
from blogapp.infra import migrations, progress
from blogapp.infra.command import work
from blogapp.infra.resources import Resources
from blogapp.portability import backup as backups
from blogapp.portability import restore as restoring

_new = click.Path(path_type=Path, dir_okay=False)
_existing = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.argument("target", metavar="FILE", type=_new)
def backup(target: Path) -> None:
    """Write the whole blog, pictures included, into FILE: as it is at this moment, while it goes on."""

    async def do(resources: Resources) -> None:
        saved = await backups.save(resources, target, progress.shown())
        for name in saved.lost:
            click.echo(f"the picture {name} is missing in this blog")
        click.echo(f"{saved.posts} posts and {saved.pictures} pictures are in {target}")

    work(do)


@click.command()
@click.argument("source", metavar="FILE", type=_existing)
@click.option("--force", is_flag=True, help="Also where there is a blog: everything in it is lost.")
def restore(source: Path, *, force: bool) -> None:
    """Make the blog what it was in a backup, on whichever database; stop the server before."""
    migrations.upgrade_if_empty(configuration.load().database_url.get_secret_value())

    async def do(resources: Resources) -> None:
        manifest = await restoring.bring_back(resources, source, progress.shown(), force=force)
        click.echo(f"{manifest.rows['posts']} posts and {manifest.pictures} pictures are restored")

    work(do)
