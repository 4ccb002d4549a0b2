"""Accounts, and what they sign in with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, Text, false, func, literal
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.actor import Actor
from blogapp.infra.db import Base, UTCDateTime, columns, now

USERNAME_COLUMN = 80
EMAIL_COLUMN = 120
PROFILE_NAME_COLUMN = 80
PICTURE_COLUMN = 80
DIGEST_LENGTH = 64
"""Hexadecimal SHA-256."""

REMEMBERED = timedelta(days=30)
NOT_REMEMBERED = timedelta(days=7)
"""A session cookie dies with the browser; the row behind it after this long."""

CONFIRM, RESET = "confirm", "reset"
"""Purposes of links."""

LINK_LIVES = {CONFIRM: timedelta(days=7), RESET: timedelta(minutes=30)}

SEEN_EVERY = timedelta(minutes=10)
"""How exact "last seen" is: it costs a write."""


LOOKALIKES = (("I", "l"), ("1", "l"), ("0", "o"), ("rn", "m"), ("vv", "w"))
"""What looks like what: the first while there are capitals, the others in lower case."""


class User(Base):
    __tablename__ = "users"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(USERNAME_COLUMN), unique=True, index=True)
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN), unique=True, index=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    is_admin: Mapped[bool] = mapped_column(default=False, server_default=false())
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    profile_name: Mapped[str | None] = mapped_column(String(PROFILE_NAME_COLUMN))
    """What pages call it, if it is not the username."""
    profile_bio: Mapped[str | None] = mapped_column(Text)
    profile_links: Mapped[str | None] = mapped_column(Text)
    """One address in each line."""
    profile_picture: Mapped[str | None] = mapped_column(String(PICTURE_COLUMN), index=True)
    """The name of a picture of theirs."""

    __mapper_args__ = {"version_id_col": version}

    def editable_by(self, actor: Actor) -> bool:
        return actor.is_admin or (actor.is_authenticated and actor.id == self.id)


def likeness(name: ColumnElement[str]) -> ColumnElement[str]:
    """The same for names that are read as one another: `paul` and `pauI`, `tom-1` and `torn-l`.

    Its constants are written out, as they are in the index.
    """
    for seen, read in LOOKALIKES:
        name = func.replace(name, literal(seen, literal_execute=True), literal(read, literal_execute=True))
        name = func.lower(name) if seen == "I" else name
    return name


Index("ix_users_likeness", likeness(columns(User).username))
"""Not unique: a blog that is taken over may have such names already."""
Index("uq_users_username_lower", func.lower(User.username), unique=True)
Index("uq_users_email_lower", func.lower(User.email), unique=True)


def links_of(lines: str | None) -> list[str]:
    return lines.split("\n") if lines else []


class FormerName(Base):
    """What an account was called before: its address leads to the account, and nobody else gets the name."""

    __tablename__ = "former_usernames"

    name: Mapped[str] = mapped_column(String(USERNAME_COLUMN), primary_key=True)
    """In lower case, as the database has it."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    left_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Session(Base):
    """A browser signed in. The cookie holds a random token; `id` is its SHA-256."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    user_agent: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(45), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Token(Base):
    """A personal access token for the API; only its SHA-256 and its last four characters are kept."""

    __tablename__ = "tokens"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH), unique=True)
    hint: Mapped[str] = mapped_column(String(4))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class Link(Base):
    """What a mail leads to. Its address holds a random secret; `id` is the secret's SHA-256."""

    __tablename__ = "links"

    id: Mapped[str] = mapped_column(String(DIGEST_LENGTH), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(8))
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN))
    """Where it was sent: it ends when the account has another address."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Confirmation(Base):
    """The address that an account was last found to read; its address of today may be another."""

    __tablename__ = "confirmations"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN))
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
