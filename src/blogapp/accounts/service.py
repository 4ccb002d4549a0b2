"""Acts on accounts. Each takes the session of its caller's transaction; hashes come ready-made."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts import access
from blogapp.accounts.events import UserChanged, UserDeleted, UserLeaves, UserRegistered, UserRenamed
from blogapp.accounts.models import FormerName, User, likeness
from blogapp.accounts.schemas import NewUser, Profile, Registration, UserChange
from blogapp.actor import Actor
from blogapp.errors import BlogError, Forbidden, NotFound, Violation, taken
from blogapp.infra import audit
from blogapp.infra.db import columns, insert_into, now
from blogapp.infra.events import consult, tell

MOST_FORMER_NAMES = 5
"""Of one account: older ones are free again."""

USERNAME_TAKEN = "Username already taken"
USERNAME_ALIKE = "This looks too much like the name of another account. Choose another one."
EMAIL_TAKEN = "This e-mail address already has an account"


async def register(session: AsyncSession, asked: Registration | NewUser, password_hash: str) -> User:
    """Raises Conflict naming `username` or `email`; the unique index decides who was first."""
    user = User(username=asked.username, email=asked.email, password_hash=password_hash)
    user.is_admin = isinstance(asked, NewUser) and asked.is_admin
    session.add(user)
    await _flush_unique(session)
    await _mimic_nobody(session, user)
    tell(session, UserRegistered(user.id))
    audit.note(session, "registered", user_id=user.id, username=user.username, is_admin=user.is_admin)
    return user


async def change(session: AsyncSession, actor: Actor, user: User, asked: UserChange) -> None:
    """Raises Forbidden, or Conflict naming the field."""
    _require_own(actor, user)
    if asked.is_admin is not None and asked.is_admin != user.is_admin:
        _set_admin(session, actor, user, is_admin=asked.is_admin)
    if asked.username is not None and asked.username != user.username:
        was, user.username = user.username, asked.username
        await _flush_unique(session)
        await _mimic_nobody(session, user)
        await _keep_name(session, user, was)
        await consult(session, UserRenamed(user.id))
    if asked.email is not None:
        user.email = asked.email
    await _flush_unique(session)
    tell(session, UserChanged(user.id))
    audit.note(session, "account changed", user_id=user.id, by=actor.id, fields=sorted(asked.model_fields_set))


async def introduce(session: AsyncSession, actor: Actor, user: User, asked: Profile) -> None:
    """What they tell of themselves. An empty text is none. Raises Forbidden."""
    _require_own(actor, user)
    was = user.profile_name
    user.profile_name, user.profile_bio = asked.display_name or None, asked.bio or None
    user.profile_links = "\n".join(asked.links) or None
    await session.flush()
    if user.profile_name != was:
        await consult(session, UserRenamed(user.id))
    tell(session, UserChanged(user.id))
    audit.note(session, "profile changed", user_id=user.id, by=actor.id)


async def portray(session: AsyncSession, actor: Actor, user: User, picture: str | None) -> None:
    """`picture` is the name of one of theirs; None for none. Raises Forbidden."""
    _require_own(actor, user)
    user.profile_picture = picture
    await session.flush()
    tell(session, UserChanged(user.id))
    audit.note(session, "picture of profile changed", user_id=user.id, by=actor.id)


async def remove(session: AsyncSession, actor: Actor, user: User) -> None:
    """The account, its sessions and tokens, and its posts but those that others wrote along."""
    _require_own(actor, user)
    await consult(session, UserLeaves(user.id))
    await session.delete(user)
    await session.flush()
    tell(session, UserDeleted(user.id))
    audit.note(session, "account deleted", user_id=user.id, username=user.username, by=actor.id)


async def change_password(session: AsyncSession, account: Any, password_hash: str) -> None:
    """Ends every session of the account and revokes its tokens: whoever had the old password is out."""
    user = await access.unchanged(session, account)
    await set_password(session, user, password_hash)


async def set_password(session: AsyncSession, user: User, password_hash: str) -> None:
    user.password_hash = password_hash
    await access.lock_out(session, user.id)
    audit.note(session, "password changed", user_id=user.id)


async def change_email(session: AsyncSession, account: Any, email: str) -> None:
    user = await access.unchanged(session, account)
    user.email = email
    await _flush_unique(session)
    tell(session, UserChanged(user.id))
    audit.note(session, "e-mail changed", user_id=user.id)


async def suspend(session: AsyncSession, user: User) -> None:
    """Signs the account out everywhere and keeps it out; its posts stay."""
    user.suspended_at = now()
    await access.lock_out(session, user.id)
    tell(session, UserChanged(user.id))
    audit.note(session, "suspended", user_id=user.id)


async def reinstate(session: AsyncSession, user: User) -> None:
    user.suspended_at = None
    tell(session, UserChanged(user.id))
    audit.note(session, "reinstated", user_id=user.id)


def promote(session: AsyncSession, user: User, *, is_admin: bool, by: int | None = None) -> None:
    """`by` is the administrator; None stands for the operator at the terminal."""
    user.is_admin = is_admin
    audit.note(session, "promoted" if is_admin else "demoted", user_id=user.id, by=by)


async def get(session: AsyncSession, user_id: int) -> User:
    user = await session.get(User, user_id, with_for_update=True)
    if user is None:
        raise NotFound("There is no such user.")
    return user


async def find(session: AsyncSession, username: str) -> User:
    user: User | None = await session.scalar(
        select(User).where(func.lower(User.username) == func.lower(username)).with_for_update()
    )
    if user is None:
        raise NotFound(f"There is no user named {username}.")
    return user


def _require_own(actor: Actor, user: User) -> None:
    if not user.editable_by(actor):
        raise Forbidden("This is somebody else's account.")


def _set_admin(session: AsyncSession, actor: Actor, user: User, *, is_admin: bool) -> None:
    if not actor.is_admin:
        raise Forbidden(
            "Only an administrator may change who is one.",
            Violation("is_admin", "Only an administrator may change this.", "forbidden"),
        )
    promote(session, user, is_admin=is_admin, by=actor.id)


async def _flush_unique(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise _name_taken(error) from None


async def _mimic_nobody(session: AsyncSession, user: User) -> None:
    """No constraint, as names of before this rule stay. Raises Conflict naming `username`, also for what others were called."""
    former = select(FormerName.user_id).where(FormerName.name == func.lower(literal(user.username)))
    if await session.scalar(former.where(FormerName.user_id != user.id)) is not None:
        raise taken("username", USERNAME_TAKEN)
    alike = select(User.id).where(likeness(columns(User).username) == likeness(literal(user.username)))
    if await session.scalar(alike.where(User.id != user.id).limit(1)) is not None:
        raise taken("username", USERNAME_ALIKE)


async def _keep_name(session: AsyncSession, user: User, was: str) -> None:
    """`was` leads to them from now on, as do the last few names before it."""
    own = FormerName.user_id == user.id
    await session.execute(delete(FormerName).where(own, FormerName.name == func.lower(literal(user.username))))
    if was.lower() != user.username.lower():
        row = insert_into(session, FormerName).values(name=func.lower(literal(was)), user_id=user.id, left_at=now())
        await session.execute(row.on_conflict_do_nothing())
    newest = select(FormerName.name).where(own).order_by(FormerName.left_at.desc()).limit(MOST_FORMER_NAMES)
    await session.execute(delete(FormerName).where(own, FormerName.name.not_in(newest)))


def _name_taken(error: IntegrityError) -> BlogError | IntegrityError:
    """PostgreSQL names the index; SQLite the column or the index, in a message without values."""
    reason = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or str(error.orig)
    if "username" in reason:
        return taken("username", USERNAME_TAKEN)
    return taken("email", EMAIL_TAKEN) if "email" in reason else error
