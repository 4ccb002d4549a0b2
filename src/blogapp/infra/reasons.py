"""Why a database said no, in one line for the person at the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from blogapp.errors import Refused
from blogapp.settings import DATABASES, without_password

_MACHINE_WORDS = re.compile(r"^(\[Errno -?\d+\] |<class '[^']*'>: )")

LONGEST = 300
"""Characters; drivers repeat whole values."""


@contextmanager
def refusing(url: str) -> Iterator[None]:
    """What the database or the way to it answers becomes Refused; our own mistakes stay errors."""
    try:
        yield
    except CommandError as error:
        raise Refused(said(error)) from error
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise Refused(f"{without_password(url)}: {said(error)}") from error


def readable(url: str) -> str:
    """Raises Refused when `url` names no database we keep or read."""
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError:
        raise Refused("that is not a database URL") from None
    if backend not in DATABASES:
        raise Refused(f"that is a {backend} database: only sqlite and postgresql are known")
    return url


def said(error: BaseException) -> str:
    """The driver's own words, without the statement they are about."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    words = str(cause) or ("no answer in time" if isinstance(cause, TimeoutError) else type(cause).__name__)
    return " ".join(_MACHINE_WORDS.sub("", words).split())[:LONGEST]
