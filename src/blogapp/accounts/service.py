"""Acts on accounts. Each takes the session of its caller's transaction; hashes come ready-made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.events import UserChanged, UserDeleted, UserRegistered
from blogapp.accounts.models import NOT_REMEMBERED, REMEMBERED, Session, Token, User
from blogapp.accounts.schemas import NewUser, Registration, UserChange
from blogapp.accounts.secrets import digest, new_secret, new_token
from blogapp.actor import Actor
from blogapp.errors import BlogError, Forbidden, NotFound, Unauthenticated, Violation, taken
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.infra.events import tell

USERNAME_TAKEN = "Username already taken"
EMAIL_TAKEN = "This e-mail address already has an account"


async def register(session: AsyncSession, asked: Registration | NewUser, password_hash: str) -> User:
    """Raises Conflict naming `username` or `email`; the unique index decides who was first."""
    user = User(username=asked.username, email=asked.email, password_hash=password_hash)
    user.is_admin = isinstance(asked, NewUser) and asked.is_admin
    session.add(user)
    await _flush_unique(session)
    tell(session, UserRegistered(user.id))
    audit.note(session, "registered", user_id=user.id, username=user.username, is_admin=user.is_admin)
    return user


async def change(session: AsyncSession, actor: Actor, user: User, asked: UserChange) -> None:
    """Raises Forbidden, or Conflict naming the field."""
    if not user.editable_by(actor):
        raise Forbidden("This is somebody else's account.")
    if asked.is_admin is not None and asked.is_admin != user.is_admin:
        _set_admin(session, actor, user, is_admin=asked.is_admin)
    if asked.username is not None:
        user.username = asked.username
    if asked.email is not None:
        user.email = asked.email
    await _flush_unique(session)
    tell(session, UserChanged(user.id))
    audit.note(session, "account changed", user_id=user.id, by=actor.id, fields=sorted(asked.model_fields_set))


async def remove(session: AsyncSession, actor: Actor, user: User) -> None:
    """The account, its posts, sessions and tokens."""
    if not user.editable_by(actor):
        raise Forbidden("This is somebody else's account.")
    await session.delete(user)
    await session.flush()
    tell(session, UserDeleted(user.id))
    audit.note(session, "account deleted", user_id=user.id, username=user.username, by=actor.id)


async def sign_in(  # noqa: PLR0913  # what there is to know of a browser that signs in
    session: AsyncSession, account: Any, renewed: str | None, *, remembered: bool, user_agent: str, address: str
) -> str:
    """A new session's secret. `account` is the row whose password was found right, `renewed` its better hash.

    Raises Unauthenticated when the account changed since the password was checked.
    """
    user = await _unchanged(session, account)
    if renewed:
        user.password_hash = renewed
    secret = new_secret()
    life = REMEMBERED if remembered else NOT_REMEMBERED
    session.add(
        Session(
            id=digest(secret),
            user_id=user.id,
            user_agent=user_agent[:255],
            address=address[:45],
            expires_at=now() + life,
        )
    )
    audit.note(session, "signed in", user_id=user.id, address=address, remembered=remembered)
    return secret


async def renew_hash(session: AsyncSession, account: Any, password_hash: str) -> None:
    """Replace an outdated hash of the password that was just found right."""
    (await _unchanged(session, account)).password_hash = password_hash


async def sign_out(session: AsyncSession, actor: Actor) -> None:
    await session.execute(delete(Session).where(Session.id == actor.session_id))
    audit.note(session, "signed out", user_id=actor.id)


async def change_password(session: AsyncSession, account: Any, password_hash: str) -> None:
    """Ends every session of the account and revokes its tokens: whoever had the old password is out."""
    user = await _unchanged(session, account)
    await set_password(session, user, password_hash)


async def set_password(session: AsyncSession, user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    await _lock_out(session, user.id)
    audit.note(session, "password changed", user_id=user.id)


async def change_email(session: AsyncSession, account: Any, email: str) -> None:
    user = await _unchanged(session, account)
    user.email = email
    await _flush_unique(session)
    tell(session, UserChanged(user.id))
    audit.note(session, "e-mail changed", user_id=user.id)


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


async def suspend(session: AsyncSession, user: User) -> None:
    """Signs the account out everywhere and keeps it out; its posts stay."""
    user.suspended_at = now()
    await _lock_out(session, user.id)
    audit.note(session, "suspended", user_id=user.id)


async def reinstate(session: AsyncSession, user: User) -> None:
    user.suspended_at = None
    audit.note(session, "reinstated", user_id=user.id)


def promote(session: AsyncSession, user: User, *, is_admin: bool) -> None:
    user.is_admin = is_admin
    audit.note(session, "promoted" if is_admin else "demoted", user_id=user.id)


async def touch_session(session: AsyncSession, session_id: str) -> None:
    await session.execute(update(Session).where(Session.id == session_id).values(last_seen_at=now()))


async def touch_token(session: AsyncSession, token_id: int) -> None:
    await session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now()))


async def get(session: AsyncSession, user_id: int) -> User:
    user = await session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("There is no such user.")
    return user


async def find(session: AsyncSession, username: str) -> User:
    user: User | None = await session.scalar(select(User).where(func.lower(User.username) == func.lower(username)))
    if user is None:
        raise NotFound(f"There is no user named {username}.")
    return user


def _set_admin(session: AsyncSession, actor: Actor, user: User, *, is_admin: bool) -> None:
    if not actor.is_admin:
        raise Forbidden(
            "Only an administrator may change who is one.",
            Violation("is_admin", "Only an administrator may change this.", "forbidden"),
        )
    promote(session, user, is_admin=is_admin)


async def _unchanged(session: AsyncSession, account: Any) -> User:
    user: User | None = await session.scalar(
        select(User).where(User.id == account.id, User.password_hash == account.password_hash).with_for_update()
    )
    if user is None or user.suspended_at is not None:
        raise Unauthenticated("This account was changed meanwhile. Please try again.")
    return user


async def _lock_out(session: AsyncSession, user_id: int) -> None:
    await session.execute(delete(Session).where(Session.user_id == user_id))
    await session.execute(delete(Token).where(Token.user_id == user_id))


async def _flush_unique(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise _name_taken(error) from None


def _name_taken(error: IntegrityError) -> BlogError | IntegrityError:
    """PostgreSQL names the index; SQLite the column or the index, in a message without values."""
    reason = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or str(error.orig)
    if "username" in reason:
        return taken("username", USERNAME_TAKEN)
    return taken("email", EMAIL_TAKEN) if "email" in reason else error
