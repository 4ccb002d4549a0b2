"""`blogapp demo`: a blog about the sea, with something of everything, for a look around."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from blogapp import settings as configuration
from blogapp.accounts import queries as accounts
from blogapp.app import create_app
from blogapp.demo import people, pictures
from blogapp.errors import Refused
from blogapp.infra.command import work
from blogapp.infra.resources import Resources

POSTS = Path(__file__).parent / "posts"
PASSWORD = "a long walk by the sea"  # noqa: S105  # it is printed
AGO = re.compile(r"^ago: (-?\d+)$", re.MULTILINE)
"""Days before today, of a post; a negative number is still to come."""
WRAPPED = re.compile(r"(?<!\n)\n(?=[^\W\d_]|[\u201c\u2018(`\[]|\*+\w|\d+(?![\d.)]))")
"""Where a line of a paragraph goes on in the next one."""


@click.command()
def demo() -> None:
    """Fill a new blog with posts, pictures, comments and people to look at."""
    if configuration.load().is_production:
        raise Refused("everybody knows the password of the demonstration: it is not for production")
    _blogapp("db", "upgrade")
    work(_require_new)
    for name in people.NAMES:
        admin = ["--admin"] if name == people.ADMIN else []
        _blogapp("users", "create", name, f"{name}@example.org", "--password-stdin", *admin, given=PASSWORD)
    with tempfile.TemporaryDirectory(prefix="blogapp-demo-") as folder:
        click.echo("Drawing pictures")
        _write_posts(Path(folder))
        click.echo("Writing posts")
        _blogapp("import", "markdown", folder)
    click.echo("Talking about them")
    asyncio.run(_live())
    click.echo(f"Log in as ada@example.org, grace@example.org, mary@example.org or noor@example.org: {PASSWORD}")


async def _require_new(resources: Resources) -> None:
    _, total = await accounts.page(resources.db, 0, 1)
    if total:
        raise Refused("there are accounts already: the demonstration is for a new blog")


def _write_posts(folder: Path) -> None:
    pictures.draw(folder / "media")
    for path in POSTS.glob("*.md"):
        dated = AGO.sub(lambda found: f"date: {_days_ago(int(found[1]))}", path.read_text())
        (folder / path.name).write_text(_unwrapped(dated))


def _unwrapped(post: str) -> str:
    """Nobody who writes in a browser breaks the lines of a paragraph."""
    front, mark, body = post.partition("\n---\n\n")
    parts = body.split("```")
    parts[::2] = [WRAPPED.sub(" ", words) for words in parts[::2]]
    return front + mark + "```".join(parts)


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")


async def _live() -> None:
    app = create_app({"log_level": "error"})
    async with app.test_app():
        await people.live(people.Caller(app.test_client(), PASSWORD))


def _blogapp(*arguments: str, given: str = "") -> None:
    """Raises Refused with what the command said where it fails."""
    command = [sys.executable, "-m", "blogapp", *arguments]
    done = subprocess.run(command, input=given, text=True, capture_output=True, check=False)  # noqa: S603  # ours
    if done.returncode:
        raise Refused(done.stderr.strip().removeprefix("Error: "))
