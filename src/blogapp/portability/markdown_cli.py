"""`blogapp export`, and `blogapp import` of texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

import click

from blogapp.errors import Refused
from blogapp.infra import progress
from blogapp.infra.command import work
from blogapp.infra.resources import Resources
from blogapp.portability import file_authors, ghost, markdown_export, markdown_import, wordpress
from blogapp.portability.brought_pictures import Shelf
from blogapp.portability.file_authors import Authors
from blogapp.portability.markdown_export import Exported, Wanted
from blogapp.portability.markdown_import import Run
from blogapp.portability.outcomes import Report
from blogapp.portability.unpacked import FROM_FOLDER, Foreign, Unpacked, unpack
from blogapp.posts.models import SCHEDULED, State

STATES = get_args(State)
AT_ONCE = [state for state in STATES if state != SCHEDULED]

_folder = click.Path(path_type=Path)
_existing = click.Path(path_type=Path, exists=True, file_okay=False)
_existing_file = click.Path(path_type=Path, exists=True, dir_okay=False)
_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("target", metavar="DIR", type=_folder)
@click.option("--user", metavar="NAME", help="Only the posts of this account.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only posts in this state.")
@click.option("--delete", is_flag=True, help="Remove the files of posts that are gone.")
def export(target: Path, user: str | None, states: tuple[State, ...], *, delete: bool) -> None:
    """Write every post into DIR as a Markdown file, and the pictures beside them."""

    async def do(resources: Resources) -> None:
        user_id = await file_authors.account(resources, user) if user else None
        wanted = Wanted(user.lower() if user else None, user_id, states)
        exported = await markdown_export.export(resources, target, wanted, progress.shown())
        if delete:
            markdown_export.remove(target, exported.left)
        _tell(exported, deleted=delete)

    work(do)


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every import of texts."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
        click.option("--author", metavar="NAME", help="Whose posts become those of nobody that has an account."),
        click.option("--create-authors", is_flag=True, help="Make accounts for authors who have none."),
        click.option("--state", type=click.Choice(AT_ONCE), help="What all posts become, whatever their files say."),
        click.option("--report", "report_file", metavar="FILE", type=_file, help="Also write the report, as JSON."),
    ):
        command = option(command)
    return command


@click.command("markdown")
@click.argument("source", metavar="DIR", type=_existing)
@_asked
def markdown_command(source: Path, **how: Any) -> None:
    """Take over the Markdown files in DIR, with their pictures."""
    _take_over(source.resolve(), **how)


@click.command("wordpress")
@click.argument("source", metavar="FILE", type=_existing_file)
@_asked
def wordpress_command(source: Path, **how: Any) -> None:
    """Take over posts and pages of WordPress: FILE is what its page "Export" gives."""
    _take_over_file(wordpress.posts(source), **how)


@click.command("ghost")
@click.argument("source", metavar="FILE", type=_existing_file)
@_asked
def ghost_command(source: Path, **how: Any) -> None:
    """Take over posts and pages of Ghost: FILE is what "Export content" in its settings gives."""
    _take_over_file(ghost.posts(source), **how)


def _take_over_file(posts: Iterable[Foreign], **how: Any) -> None:
    with TemporaryDirectory(prefix="blogapp-import-") as folder:
        unpacked = unpack(posts, Path(folder))
        _take_over(Path(folder).resolve(), unpacked, **how)


def _take_over(
    root: Path,
    unpacked: Unpacked = FROM_FOLDER,
    *,
    author: str | None,
    create_authors: bool,
    report_file: Path | None,
    **how: Any,
) -> None:
    with _reported(report_file) as reports:

        async def do(resources: Resources) -> None:
            otherwise = await file_authors.account(resources, author) if author else None
            authors = Authors(otherwise, create_authors, how["dry_run"])
            run = Run(Shelf(resources, root), authors, site=unpacked.site, **how)
            reports.append(await markdown_import.take_over(run, progress.shown()))

        work(do)
    for outcome in unpacked.refused:
        reports[0].add(outcome)
    for line in reports[0].lines():
        click.echo(line)
    if reports[0].bad:
        raise Refused(f"{reports[0].bad} file{'' if reports[0].bad == 1 else 's'} could not be taken over")


@contextmanager
def _reported(path: Path | None) -> Iterator[list[Report]]:
    """Opened first: an import whose report can't be written is not begun."""
    reports: list[Report] = []
    if path is None:
        yield reports
        return
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        try:
            yield reports
            json.dump(reports[0].document(), file, indent=1)
            file.write("\n")
        except BaseException:
            part.unlink()
            raise
    part.replace(path)


def _tell(exported: Exported, *, deleted: bool) -> None:
    for name in exported.lost:
        click.echo(f"the picture {name} is missing in this blog")
    for name in exported.edited:
        click.echo(f"left as it is, for it was changed and not imported: {name}")
    for name in exported.left:
        click.echo(f"{'removed' if deleted else 'belongs to no post any more'}: {name}")
    if exported.left and not deleted:
        click.echo("--delete removes these")
    click.echo(f"{exported.written} written, {exported.unchanged} unchanged, {len(exported.pictures)} pictures")
