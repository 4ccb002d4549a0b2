"""Acts on links that are sent by mail. Each takes the session of its caller's transaction."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import LINK_LIVES, Confirmation, Link, User
from blogapp.accounts.secrets import digest, new_secret
from blogapp.errors import NotFound
from blogapp.infra import audit
from blogapp.infra.db import now

GONE = "This link has been used, or is too old."


async def make(session: AsyncSession, user_id: int, email: str, purpose: str) -> str:
    """The secret that its address ends in."""
    secret = new_secret()
    session.add(
        Link(id=digest(secret), user_id=user_id, email=email, purpose=purpose, expires_at=now() + LINK_LIVES[purpose])
    )
    await session.flush()
    return secret


async def take(session: AsyncSession, secret: str, purpose: str) -> User:
    """Whose it is; the account's links of this purpose are used up with it.

    Raises NotFound, also when the account has another address by now or is suspended.
    """
    link = await session.get(Link, digest(secret), with_for_update=True)
    if link is None or link.purpose != purpose or link.expires_at <= now():
        raise NotFound(GONE)
    user = await session.get(User, link.user_id, with_for_update=True)
    if user is None or user.email != link.email or user.suspended_at is not None:
        raise NotFound(GONE)
    await session.execute(delete(Link).where(Link.user_id == user.id, Link.purpose == purpose))
    await confirm(session, user)
    return user


async def confirm(session: AsyncSession, user: User) -> None:
    """Somebody has read what was sent to the account's address."""
    await session.merge(Confirmation(user_id=user.id, email=user.email, confirmed_at=now()))
    audit.note(session, "e-mail confirmed", user_id=user.id)
