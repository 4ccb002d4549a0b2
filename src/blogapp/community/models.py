"""Whom and what readers follow, what they keep and like, and what they are told of.

The names of the tables are none that a Flask blog is likely to have had itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base, UTCDateTime, now

Kind = Literal["reply", "mention", "approval", "follow"]
REPLY: Kind = "reply"
MENTION: Kind = "mention"
APPROVAL: Kind = "approval"
"""A comment that waited is shown."""
FOLLOW: Kind = "follow"

LONGEST_KEY = 40

_UNSEEN = text("seen_at IS NULL")


class FollowedAuthor(Base):
    __tablename__ = "followed_authors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    followed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class FollowedTag(Base):
    __tablename__ = "followed_tags"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)
    followed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class SavedPost(Base):
    """On somebody's reading list."""

    __tablename__ = "saved_posts"
    __table_args__ = (Index("ix_saved_posts_user_id_saved_at", "user_id", "saved_at", "post_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, index=True)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class LikedPost(Base):
    """`Post.likes_count` counts them."""

    __tablename__ = "liked_posts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True, index=True)
    liked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Notice(Base):
    """Something that somebody is told of: once, whatever is done twice, which `key` sees to."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("user_id", "key", name="uq_notices_user_id_key"),
        Index("ix_notices_user_id_id", "user_id", "id"),
        Index("ix_notices_unseen", "user_id", "id", postgresql_where=_UNSEEN, sqlite_where=_UNSEEN),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    kind: Mapped[Kind] = mapped_column(String(8))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    """Who did it; None for an approval, which is the blog's."""
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("post_comments.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_sent: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a daily letter has told of it."""
    post_id: Mapped[int | None] = mapped_column(Integer)
    """Of a mention in the post itself. Of one that is gone nothing is told; SQLite can't add a reference to a table that is
    there.
    """


class DigestMute(Base):
    """Somebody wants no daily letter."""

    __tablename__ = "digest_mutes"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
