"""The `blogapp` command: every refusal is one line and exit code 1, wrong usage 2."""

from __future__ import annotations

import asyncio
import difflib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import uvloop
import watchfiles
from dotenv import dotenv_values
from pydantic import SecretStr
from quart import Quart
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from blogapp import settings as configuration
from blogapp import worker as background
from blogapp.accounts.cli import users
from blogapp.admin.cli import tasks
from blogapp.app import create_app
from blogapp.demo.cli import demo
from blogapp.errors import Refused
from blogapp.infra import logs, migrations, progress, reasons, reports, server, sheets, urls
from blogapp.infra.faults import is_away
from blogapp.infra.lifeline import Lifeline
from blogapp.infra.supervisor import Supervisor
from blogapp.portability.cli import db, import_
from blogapp.portability.markdown_cli import export
from blogapp.posts.cli import posts
from blogapp.settings import Settings
from blogapp.web.context import EXTENSION

ALIASES = {"QUART_DEBUG"}
"""Other names that settings go by."""

PACKAGE = Path(__file__).parent
"""What `serve --reload` watches."""


class Commands(click.Group):
    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from None
        except (SQLAlchemyError, OSError, UnicodeError) as error:
            raise click.ClickException(f"this can't be done: {reasons.said(error)}") from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="blogapp")
@click.pass_context
def main(context: click.Context) -> None:
    """blogapp: a multi-author blog."""
    level, as_json = configuration.of_logs()
    logs.configure(level or "warning", as_json=as_json)
    logs.doing.set(f"command {context.invoked_subcommand}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; as many as WORKERS says, or one.")
@click.option("--reload", is_flag=True, help="Start again whenever the program's files change.")
@click.option("--upgrade", is_flag=True, help="First bring the database to the newest revision.")
def serve(host: str, port: int, workers: int | None, *, reload: bool, upgrade: bool) -> None:
    """Serve the blog until SIGTERM or Ctrl+C. A database without any table is set up first."""
    settings = configuration.load()
    workers = workers or settings.workers
    if workers > 1:
        _refuse_what_processes_cannot_share(settings, reload=reload)
    if upgrade:
        migrations.upgrade(settings.database_url.get_secret_value(), progress=progress.shown())
    if reload:
        _serve_again_and_again(host, port)
        return
    app = create_app(settings)
    sock = server.listen(host, port)
    _set_up(settings.database_url.get_secret_value())
    click.echo(f"blogapp is at http://{host}:{sock.getsockname()[1]} (Ctrl+C stops it)", err=True)
    if workers > 1:
        command = [sys.executable, "-m", "blogapp", serve_as_worker.name or ""]
        with sheets.shared_by(settings.metrics_dir) as folder:
            Supervisor(command, sock, workers, settings.shutdown_timeout, {"METRICS_DIR": str(folder)}).run()
        return
    server.run(app, sock, _ending(app, settings))


@main.command(hidden=True)
@click.argument("listening", type=int)
@click.argument("lifeline", type=int)
def serve_as_worker(listening: int, lifeline: int) -> None:
    """What the supervisor of `serve --workers` starts: serves on a socket that it has been given."""
    line = Lifeline(lifeline)
    try:
        settings = configuration.load()
        app = create_app(settings)
        server.run(app, socket.socket(fileno=listening), _ending(app, settings), line)
    except Refused as refusal:
        line.say(str(refusal).encode())
        raise SystemExit(1) from None


@main.command()
def worker() -> None:
    """Do background tasks until SIGTERM or Ctrl+C: any number of these share the work."""
    settings = configuration.load()
    logs.configure(settings.log_level, as_json=settings.logs_json, report=reports.chosen(settings))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(background.run(settings))


@main.command()
def config() -> None:
    """Show the settings in force, secrets masked, and names that look misspelt."""
    settings = configuration.load()
    for name, value in settings:
        shown = configuration.without_password if name == "database_url" else _masked
        click.echo(f"{name.upper()}={_shown(value, shown)}")
    for line in _unknown_names():
        click.echo(line, err=True)


@main.command()
def routes() -> None:
    """List every address, what it takes and the endpoint's name."""
    app = create_app(configuration.load())
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{rule.rule:40} {methods:12} {rule.endpoint}")


for group in (db, demo, export, import_, posts, tasks, users):
    main.add_command(group)


def _set_up(url: str) -> None:
    """A database that is away does not keep the server from starting: it answers 503 until it is back."""
    try:
        migrations.upgrade_if_empty(url)
    except (DBAPIError, OSError) as error:
        if not is_away(error):
            raise
        click.echo(f"the database can't be used yet: {reasons.said(error)}", err=True)


def _refuse_what_processes_cannot_share(settings: Settings, *, reload: bool) -> None:
    if reload:
        raise Refused("--reload is for one process: leave --workers and WORKERS out, or at 1")
    if not settings.redis_url.get_secret_value():
        raise Refused("more than one process need REDIS_URL: Redis holds what they have to share, like rate limits")
    if urls.is_memory(settings.database_url.get_secret_value()):
        raise Refused("more than one process can't share a database in memory: set DATABASE_URL")


def _ending(app: Quart, settings: Settings) -> server.Ending:
    return server.Ending(partial(_drain, app), app.shutdown, settings.shutdown_timeout)


def _drain(app: Quart) -> None:
    """A stop may come before the application has opened anything."""
    if opened := app.extensions.get(EXTENSION):
        opened.draining.set()


def _serve_again_and_again(host: str, port: int) -> None:
    command = subprocess.list2cmdline(
        [sys.executable, "-m", "blogapp", "serve", "--host", host, "--port", str(port), "--workers", "1"]
    )
    watchfiles.run_process(PACKAGE, target=command, target_type="command")


def _shown(value: object, mask: Callable[[str], str]) -> str:
    if isinstance(value, SecretStr):
        return mask(value.get_secret_value())
    if isinstance(value, tuple):
        return " ".join(_shown(one, mask) for one in value)
    return "" if value is None else str(value)


def _masked(secret: str) -> str:
    """Only that it is set."""
    return "********" if secret else ""


def _unknown_names() -> list[str]:
    """BLOGAPP_* names and lines of .env that no setting has, and names very like a setting's."""
    known = {name.upper() for name in Settings.model_fields}
    written = set(dotenv_values(".env")) | {name for name in os.environ if name.startswith("BLOGAPP_")}
    written = {name for name in written if name.upper() not in known | ALIASES}
    close = {name for name in os.environ if difflib.get_close_matches(name, known, 1, 0.85)} - ALIASES
    return [_unknown(name, known) for name in sorted((written | close) - known)]


def _unknown(name: str, known: set[str]) -> str:
    like = difflib.get_close_matches(name, known, 1)
    return f"unknown setting {name}" + (f": did you mean {like[0]}?" if like else "")
