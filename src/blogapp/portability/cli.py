"""Commands on the database as a whole: its revisions, and what is copied into it."""

from __future__ import annotations

import asyncio

import click

from blogapp import settings as configuration
from blogapp.errors import Refused
from blogapp.infra import migrations, progress
from blogapp.infra.db import Database
from blogapp.infra.events import Events
from blogapp.portability import flask
from blogapp.portability.flask import Copied
from blogapp.portability.markdown_cli import ghost_command, markdown_command, wordpress_command


@click.group()
def db() -> None:
    """Revisions of the database."""


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database to REVISION, the newest if none is given; a Flask blog's database is taken over."""
    url = _url()
    for note in migrations.upgrade(url, revision, progress.shown()):
        click.echo(note)
    click.echo(f"the database is at revision {migrations.current(url)}")


@db.command()
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION; `base` gives a Flask blog's tables, with every user and post."""
    url = _url()
    migrations.downgrade(url, revision)
    click.echo(f"the database is at revision {migrations.current(url) or 'base'}")


@db.command()
def current() -> None:
    """Show the revision of the database and that of this program."""
    click.echo(f"{migrations.current(_url()) or 'base'} (newest: {migrations.head()})")


@db.command()
def check() -> None:
    """Compare the database with what this program needs."""
    differences = migrations.check(_url())
    for line in differences.strange:
        click.echo(f"not blogapp's, left alone: {line}")
    if differences.wanting:
        raise Refused("\n".join(f"missing or different: {line}" for line in differences.wanting))
    click.echo("the database is as this program needs it")


@click.group("import")
def import_() -> None:
    """Copy another blog into this one."""


@import_.command("flask")
@click.argument("source")
def flask_command(source: str) -> None:
    """Copy users and posts of a Flask blog: SOURCE is an SQLite file, or a sqlite:// or postgresql:// URL."""
    copied = asyncio.run(_copied(flask.source_url(source), configuration.load()))
    click.echo(f"copied {copied.users} users and {copied.posts} posts")
    if copied.renumbered:
        click.echo("this blog was not empty, so they were given new ids")


for command in (ghost_command, markdown_command, wordpress_command):
    import_.add_command(command)


async def _copied(source: str, settings: configuration.Settings) -> Copied:
    url = settings.database_url.get_secret_value()
    db = Database(url, Events(), pool_size=2, timeout=settings.database_timeout)
    try:
        return await flask.copy(source, url, db, progress.shown())
    finally:
        await db.close()


def _url() -> str:
    return configuration.load().database_url.get_secret_value()
