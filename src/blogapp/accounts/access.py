"""Acts on sessions and access tokens. Each takes the session of its caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import NOT_REMEMBERED, REMEMBERED, Session, Token, User
from blogapp.accounts.secrets import digest, new_secret, new_token
from blogapp.actor import Actor
from blogapp.errors import NotFound, Unauthenticated
from blogapp.infra import audit
from blogapp.infra.db import now

SWEPT = 100
"""Sessions forgotten at one sign-in, at most."""


async def sign_in(  # noqa: PLR0913  # what there is to know of a browser that signs in
    session: AsyncSession, account: Any, renewed: str | None, *, remembered: bool, user_agent: str, address: str
) -> str:
    """A new session's secret. `account` is the row whose password was found right, `renewed` its better hash.

    Raises Unauthenticated when the account changed since the password was checked.
    """
    await confirm_password(session, account, renewed)
    await _sweep(session)
    secret = new_secret()
    life = REMEMBERED if remembered else NOT_REMEMBERED
    session.add(
        Session(
            id=digest(secret),
            user_id=account.id,
            user_agent=user_agent[:255],
            address=address[:45],
            expires_at=now() + life,
        )
    )
    audit.note(session, "signed in", user_id=account.id, address=address, remembered=remembered)
    return secret


async def confirm_password(session: AsyncSession, account: Any, renewed: str | None) -> None:
    """The password that was found right is still the account's; an outdated hash of it is replaced.

    Raises Unauthenticated when it was changed meanwhile, which ended every session and token made before.
    """
    user = await unchanged(session, account)
    if renewed:
        user.password_hash = renewed


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    await session.execute(delete(Session).where(Session.id == actor.session_id))
    audit.note(session, "signed out", user_id=actor.id)


async def end_session(session: AsyncSession, actor: Actor, session_id: str) -> None:
    ended = await session.execute(
        delete(Session).where(Session.id == session_id, Session.user_id == actor.id).returning(Session.id)
    )
    if ended.first() is None:
        raise NotFound("There is no such session.")
    audit.note(session, "session ended", user_id=actor.id)


async def end_other_sessions(session: AsyncSession, actor: Actor) -> None:
    await session.execute(delete(Session).where(Session.user_id == actor.id, Session.id != actor.session_id))
    audit.note(session, "other sessions ended", user_id=actor.id)


async def make_token(session: AsyncSession, user_id: int, name: str, days: int | None) -> tuple[Token, str]:
    """The row and the secret, which can never be read again. Raises Unauthenticated when the account has gone."""
    secret = new_token()
    token = Token(user_id=user_id, name=name, digest=digest(secret), hint=secret[-4:])
    token.expires_at = now() + timedelta(days=days) if days else None
    session.add(token)
    try:
        await session.flush()
    except IntegrityError:
        raise Unauthenticated("This account is gone.") from None
    audit.note(session, "token made", user_id=user_id, token_id=token.id)
    return token, secret


async def revoke_token(session: AsyncSession, actor: Actor, token_id: int) -> None:
    revoked = await session.execute(
        delete(Token).where(Token.id == token_id, Token.user_id == actor.id).returning(Token.id)
    )
    if revoked.first() is None:
        raise NotFound("There is no such token.")
    audit.note(session, "token revoked", user_id=actor.id, token_id=token_id)


async def touch_session(session: AsyncSession, session_id: str) -> None:
    await session.execute(update(Session).where(Session.id == session_id).values(last_seen_at=now()))


async def touch_token(session: AsyncSession, token_id: int) -> None:
    await session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now()))


async def lock_out(session: AsyncSession, user_id: int) -> None:
    await session.execute(delete(Session).where(Session.user_id == user_id))
    await session.execute(delete(Token).where(Token.user_id == user_id))


async def unchanged(session: AsyncSession, account: Any) -> User:
    user: User | None = await session.scalar(
        select(User).where(User.id == account.id, User.password_hash == account.password_hash).with_for_update()
    )
    if user is None or user.suspended_at is not None:
        raise Unauthenticated("This account was changed meanwhile. Please try again.")
    return user


async def _sweep(session: AsyncSession) -> None:
    """Forget some sessions that have expired, anybody's, so that none stays of those who never come back."""
    expired = select(Session.id).where(Session.expires_at <= now()).limit(SWEPT).with_for_update(skip_locked=True)
    await session.execute(delete(Session).where(Session.id.in_(expired)))
