"""Tags, the posts that have them, and what they were called before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base, UTCDateTime, postgresql_index
from blogapp.labels import LONGEST
from blogapp.text import SLUG_LENGTH


class Tag(Base):
    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("slug"), UniqueConstraint("key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    key: Mapped[str] = mapped_column(Text)
    """What all its spellings have in common: see `labels.key`."""


_LISTED = text("listed_at IS NOT NULL")


class PostTag(Base):
    __tablename__ = "post_tags"
    __table_args__ = (
        Index("ix_post_tags_tag_id", "tag_id", "post_id"),
        Index("ix_post_tags_listed", "tag_id", "listed_at", "post_id", postgresql_where=_LISTED, sqlite_where=_LISTED),
        postgresql_index("ix_post_tags_counted", "tag_id", postgresql_where=_LISTED),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    """In the order its author gave, from 0."""
    listed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the post appeared, as long as lists show it: the newest of a tag, and how many it has, are read from indexes."""


class TagRedirect(Base):
    """Where a tag was before it was renamed or merged: for its address, and for authors who go on writing it so."""

    __tablename__ = "tag_redirects"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    key: Mapped[str | None] = mapped_column(Text, index=True)
    """Of the old spelling; None once another tag has it."""
    tag_id: Mapped[int] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), index=True)
