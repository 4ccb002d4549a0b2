"""Reads of accounts: columns, not entities, where a page or document is all that is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from blogapp.accounts.models import Session, Token, User
from blogapp.infra.db import AnyRow, now

_USER = (
    User.id,
    User.username,
    User.email,
    User.is_admin,
    User.suspended_at,
    User.created_at,
    User.version,
)
_ACTOR = (User.id, User.username, User.is_admin)


async def page(connection: AsyncConnection, offset: int, size: int) -> tuple[Sequence[AnyRow], int]:
    """Users by id, and how many there are in all."""
    total = select(func.count()).select_from(User).scalar_subquery()
    rows = (await connection.execute(select(*_USER, total).order_by(User.id).offset(offset).limit(size))).all()
    return rows, rows[0][-1] if rows else 0


async def by_id(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    return (await connection.execute(select(*_USER).where(User.id == user_id))).one_or_none()


async def by_username(connection: AsyncConnection, username: str) -> AnyRow | None:
    """In any case: names differ by more than that."""
    rows = await connection.execute(_named(User.username, username, *_USER))
    return rows.first()


async def credentials(connection: AsyncConnection, email: str) -> AnyRow | None:
    """What a password is checked against."""
    rows = await connection.execute(_named(User.email, email, *_ACTOR, User.password_hash, User.suspended_at))
    return rows.first()


async def credentials_of(connection: AsyncConnection, user_id: int) -> AnyRow | None:
    query = select(*_ACTOR, User.email, User.password_hash, User.suspended_at).where(User.id == user_id)
    return (await connection.execute(query)).one_or_none()


async def session_actor(connection: AsyncConnection, digest: str) -> AnyRow | None:
    query = (
        select(*_ACTOR, Session.last_seen_at)
        .join(Session, Session.user_id == User.id)
        .where(Session.id == digest, Session.expires_at > now(), User.suspended_at.is_(None))
    )
    return (await connection.execute(query)).one_or_none()


async def token_actor(connection: AsyncConnection, digest: str) -> AnyRow | None:
    query = (
        select(*_ACTOR, Token.id.label("token_id"), Token.last_used_at)
        .join(Token, Token.user_id == User.id)
        .where(Token.digest == digest, _unexpired(now()), User.suspended_at.is_(None))
    )
    return (await connection.execute(query)).one_or_none()


async def sessions(connection: AsyncConnection, user_id: int) -> Sequence[AnyRow]:
    query = (
        select(Session.id, Session.user_agent, Session.address, Session.created_at, Session.last_seen_at)
        .where(Session.user_id == user_id, Session.expires_at > now())
        .order_by(Session.last_seen_at.desc())
    )
    return (await connection.execute(query)).all()


async def tokens(connection: AsyncConnection, user_id: int) -> Sequence[AnyRow]:
    columns = (Token.id, Token.name, Token.hint, Token.created_at, Token.last_used_at, Token.expires_at)
    query = select(*columns).where(Token.user_id == user_id).order_by(Token.id.desc())
    return (await connection.execute(query)).all()


def _named(column: Any, name: str, *wanted: Any) -> Select[Any]:
    return select(*wanted).where(func.lower(column) == func.lower(name)).limit(1)


def _unexpired(moment: datetime) -> Any:
    return or_(Token.expires_at.is_(None), Token.expires_at > moment)
