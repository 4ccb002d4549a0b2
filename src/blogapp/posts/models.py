"""Posts, and what is true of one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.actor import Actor
from blogapp.infra.db import Base, UTCDateTime, now
from blogapp.text import SLUG_LENGTH

TITLE_COLUMN = 200


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_COLUMN))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), server_default="post")
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}


def may_edit(actor: Actor, author_id: int) -> bool:
    return actor.is_admin or (actor.is_authenticated and actor.id == author_id)
