"""`blogapp users …`: accounts from the command line."""

from __future__ import annotations

import sys
from typing import Any, TypeVar

import click
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts import passwords, queries, service
from blogapp.accounts.schemas import NewPasswordOnly, NewUser
from blogapp.errors import Refused
from blogapp.infra.command import carry_out, print_lines
from blogapp.infra.resources import Resources
from blogapp.web.violations import violations

Model = TypeVar("Model", bound=BaseModel)


@click.group()
def users() -> None:
    """Create, list and change accounts."""


_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@users.command()
@click.argument("username")
@click.argument("email")
@click.option("--admin", is_flag=True, help="Make an administrator.")
@_stdin
def create(username: str, email: str, *, admin: bool, password_stdin: bool) -> None:
    """Create an account; its password is asked for."""
    password = _ask_password(from_stdin=password_stdin)
    asked = _valid(NewUser, username=username, email=email, password=password, is_admin=admin)

    async def act(resources: Resources, session: AsyncSession) -> None:
        password_hash = passwords.make_hash(resources.settings, asked.password.get_secret_value())
        user = await service.register(session, asked, password_hash)
        click.echo(f"Created {user.username} (id {user.id}).")

    carry_out(act)


@users.command("set-password")
@click.argument("username")
@_stdin
def set_password(username: str, *, password_stdin: bool) -> None:
    """Give an account another password and sign it out everywhere."""
    asked = _valid(NewPasswordOnly, password=_ask_password(from_stdin=password_stdin))

    async def act(resources: Resources, session: AsyncSession) -> None:
        user = await service.find(session, username)
        password_hash = passwords.make_hash(resources.settings, asked.password.get_secret_value())
        await service.set_password(session, user, password_hash)
        click.echo(f"{user.username} has a new password and is signed out everywhere.")

    carry_out(act)


@users.command()
@click.argument("username")
def promote(username: str) -> None:
    """Make an account an administrator."""
    _set_admin(username, is_admin=True)


@users.command()
@click.argument("username")
def demote(username: str) -> None:
    """Make an administrator an ordinary account."""
    _set_admin(username, is_admin=False)


@users.command()
@click.argument("username")
@click.option("--lift", is_flag=True, help="Let the account in again.")
def suspend(username: str, *, lift: bool) -> None:
    """Sign an account out and keep it out; its posts stay."""

    async def act(_: Resources, session: AsyncSession) -> None:
        user = await service.find(session, username)
        await (service.reinstate if lift else service.suspend)(session, user)
        click.echo(f"{user.username} {'may sign in again' if lift else 'is suspended'}.")

    carry_out(act)


@users.command("list")
def list_users() -> None:
    """List all accounts."""
    print_lines(queries.page, _line)


def _set_admin(username: str, *, is_admin: bool) -> None:
    async def act(_: Resources, session: AsyncSession) -> None:
        user = await service.find(session, username)
        service.promote(session, user, is_admin=is_admin)
        click.echo(f"{user.username} is {'now' if is_admin else 'no longer'} an administrator.")

    carry_out(act)


def _line(row: Any) -> str:
    notes = [note for note, holds in (("admin", row.is_admin), ("suspended", row.suspended_at)) if holds]
    return "\t".join([str(row.id), row.username, row.email, row.created_at.date().isoformat(), " ".join(notes)])


def _ask_password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise Refused("there is no terminal to ask for the password: give it with --password-stdin") from None


def _valid(model: type[Model], **given: Any) -> Model:
    try:
        return model(**given)
    except ValidationError as error:
        raise Refused("; ".join(f"{found.field}: {found.message}" for found in violations(error))) from None
