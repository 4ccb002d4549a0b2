"""What people say under posts."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base, UTCDateTime, now

LONGEST_REASON = 500

State = Literal["waiting", "shown", "hidden", "deleted"]
WAITING: State = "waiting"
SHOWN: State = "shown"
HIDDEN: State = "hidden"
DELETED: State = "deleted"
"""Without its words and its writer: it holds the replies together."""

_WAITS = text("state = 'waiting'")


class Comment(Base):
    """`root_id` is the comment its thread began with, None for that one: a page is so many roots and what is below.

    A Flask blog that is taken over may have had a table `comments` of its own.
    """

    __tablename__ = "post_comments"
    __table_args__ = (
        UniqueConstraint("post_id", "user_id", "digest", name="uq_post_comments_post_id_user_id_digest"),
        Index("ix_post_comments_post_id_root_id", "post_id", "root_id", "id"),
        Index("ix_post_comments_waiting", "post_id", "id", postgresql_where=_WAITS, sqlite_where=_WAITS),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post_comments.id", ondelete="CASCADE"), index=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("post_comments.id", ondelete="CASCADE"), index=True)
    state: Mapped[State] = mapped_column(String(7))
    content: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """SHA-256 of its text, so that nobody says the same twice; None once it is deleted."""
    tells: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its writer wants to hear of what follows under the post."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class CommentReport(Base):
    """Somebody finds that a comment should not be there: once, however often they say so."""

    __tablename__ = "comment_reports"

    comment_id: Mapped[int] = mapped_column(ForeignKey("post_comments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    reported_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class CommentFollower(Base):
    """Somebody wants letters about the comments of a post, whether they say something there or not."""

    __tablename__ = "comment_followers"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)


class CommentMute(Base):
    """Somebody wants no letters about the comments of a post, whatever they said before."""

    __tablename__ = "comment_mutes"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
