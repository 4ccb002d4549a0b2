"""Pictures that people have sent, and the posts that name them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.actor import Actor
from blogapp.infra.db import Base, UTCDateTime, now

NAME_COLUMN = 80
LONGEST_ALT = 1000

_UNUSED = text("unused_since IS NOT NULL")


class Media(Base):
    """One person's picture. The same one may be another's too: they share its file, which goes with the last of them."""

    __tablename__ = "media"
    __table_args__ = (
        UniqueConstraint("user_id", "name", name="uq_media_user_id_name"),
        Index("ix_media_unused_since", "unused_since", postgresql_where=_UNUSED, sqlite_where=_UNUSED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    """None once the account is gone: others' posts may still show it."""
    name: Mapped[str] = mapped_column(String(NAME_COLUMN), index=True)
    """Of its file, made of what is in it."""
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(Integer)
    moves: Mapped[bool]
    alt: Mapped[str] = mapped_column(String(LONGEST_ALT))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    unused_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the sweep first found no post that names it."""


class MediaUse(Base):
    """A post that shows a picture, or whose text once did: its revisions can be restored as long as there is the post."""

    __tablename__ = "media_uses"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_COLUMN), primary_key=True, index=True)
    is_current: Mapped[bool]
    in_text: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Its text names it, or once did; else it is its cover and nothing more."""


def may_keep(actor: Actor, owner_id: int | None) -> bool:
    """Whether it is theirs to see in the library, to describe and to delete."""
    return actor.is_admin or (actor.is_authenticated and actor.id == owner_id)
