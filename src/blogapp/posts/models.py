"""Posts, and what is true of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from blogapp import bylines
from blogapp.actor import Actor
from blogapp.infra.db import Base, UTCDateTime, columns, now
from blogapp.text import SLUG_LENGTH

TITLE_COLUMN = 200

State = Literal["draft", "scheduled", "published", "unlisted", "private"]
DRAFT: State = "draft"
SCHEDULED: State = "scheduled"
PUBLISHED: State = "published"
UNLISTED: State = "unlisted"
PRIVATE: State = "private"

Format = Literal["markdown", "plain"]
MARKDOWN: Format = "markdown"
PLAIN: Format = "plain"
"""As posts of the Flask application were written: paragraphs, and links made of bare addresses."""

TRASH_KEPT = timedelta(days=30)

_LISTED = text("state = 'published' AND trashed_at IS NULL")
_NOT_IN_TRASH = text("trashed_at IS NULL")
_IN_TRASH = text("trashed_at IS NOT NULL")
_ASKED_ABOUT = text("comments_waiting > 0")
_PINNED = text("pinned_at IS NOT NULL")


def _listing(name: str, *by: str) -> Index:
    return Index(f"ix_posts_{name}", *by, "published_at", "id", postgresql_where=_LISTED, sqlite_where=_LISTED)


class Post(Base):
    """`published_at` is when readers could or will see it first; a post in the trash keeps its state for its return."""

    __tablename__ = "posts"
    __table_args__ = (
        _listing("listed"),
        _listing("listed_of_user", "user_id"),
        Index("ix_posts_states_of_user", "user_id", "trashed_at", "state"),
        Index("ix_posts_trashed_at", "trashed_at", postgresql_where=_IN_TRASH, sqlite_where=_IN_TRASH),
        Index("ix_posts_asked_about", "user_id", postgresql_where=_ASKED_ABOUT, sqlite_where=_ASKED_ABOUT),
        Index("ix_posts_pinned", "pinned_at", postgresql_where=_PINNED, sqlite_where=_PINNED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(TITLE_COLUMN))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), server_default="post")
    content: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    format: Mapped[Format] = mapped_column(String(8), server_default=PLAIN)
    html: Mapped[str | None] = mapped_column(Text)
    """What `renderer` made of the Markdown in `content`; None for plain text."""
    renderer: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    excerpt: Mapped[str | None] = mapped_column(Text)
    """The beginning of the Markdown without its marks; None for plain text."""
    state: Mapped[State] = mapped_column(String(9), server_default=PUBLISHED)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trashed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    preview_key: Mapped[str | None] = mapped_column(String(22))
    tags: Mapped[str | None] = mapped_column(Text)
    """What lists show of its tags, so that they needn't be looked up: see `blogapp.labels.pack`."""
    series_id: Mapped[int | None] = mapped_column(Integer, index=True)
    """Of its author, who goes with both; SQLite can't add a reference to a table that is there."""
    series_position: Mapped[int | None] = mapped_column(Integer)
    """In its author's order. Numbers may be left out, and be there twice: then the older post is first."""
    coauthors: Mapped[str | None] = mapped_column(Text)
    """Who else wrote it, as `blogapp.bylines.pack` writes them; `PostAuthor` is where it is known from."""
    cover: Mapped[str | None] = mapped_column(Text)
    """The picture above its text, as `blogapp.covers.pack` writes it."""
    pinned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """Since when it is to stay on top of the home page."""
    comments_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Of those that readers see."""
    comments_waiting: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    comments_closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    likes_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    __mapper_args__ = {"version_id_col": version}


_moment = func.coalesce(Post.published_at, Post.created_at)
Index(
    "ix_posts_of_user",
    *(Post.user_id, _moment, Post.id, Post.state),
    postgresql_where=_NOT_IN_TRASH,
    sqlite_where=_NOT_IN_TRASH,
)


class PostAuthor(Base):
    """Somebody who is asked to write along, and does so once they have accepted."""

    __tablename__ = "post_authors"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Series(Base):
    """Posts of one author that are to be read in an order. Its address stays whatever it is called."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("slug"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_COLUMN))
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH))
    description: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Revision(Base):
    """`number` is the post's version that was saved with this text."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("post_id", "number", name="uq_revisions_post_id_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    depth: Mapped[int] = mapped_column(Integer)
    """How many before it are needed to read it; its dictionary is the next lower number."""
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    """SHA-256 of its text."""
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    title: Mapped[str] = mapped_column(String(TITLE_COLUMN))
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class WorkingCopy(Base):
    """What one account is typing; without a `post_id` it is a text that was never saved."""

    __tablename__ = "working_copies"
    __table_args__ = (UniqueConstraint("user_id", "post_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    base_version: Mapped[int | None] = mapped_column(Integer)
    """The version of the post that it was made of."""
    number: Mapped[int] = mapped_column(Integer)
    """Counts its saves, so that of two tabs none writes over the other unseen."""
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    beside: Mapped[str | None] = mapped_column(Text)
    """The other fields of its form as they stand: an object of JSON."""


class OpenEditor(Base):
    """Who has a post open to change it."""

    __tablename__ = "open_editors"

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def listed(post: Any) -> ColumnElement[bool]:
    """What home, author pages and lists show. Word for word the condition of the indexes, which databases look for."""
    return and_(post.state == literal_column(f"'{PUBLISHED}'"), post.trashed_at.is_(None))


is_listed = listed(columns(Post))
is_counted = and_(is_listed, columns(Post).published_at >= literal(datetime.min.replace(tzinfo=UTC), UTCDateTime))
"""The same of all posts, in words by which SQLite reads the index alone, whatever its statistics say."""


def owns(actor: Actor, user_id: int) -> bool:
    """Whether it is theirs to give away: the first author's, and an administrator's."""
    return actor.is_admin or (actor.is_authenticated and actor.id == user_id)


def may_edit(actor: Actor, row: Any) -> bool:
    """All who wrote a post have the same rights to it."""
    return owns(actor, row.user_id) or (row.coauthors is not None and actor.id in bylines.ids(row.coauthors))


def may_read(actor: Actor, row: Any) -> bool:
    """Whether there is such a post for them: what waits for its time or is private is for its authors alone."""
    if row.trashed_at is not None:
        return False
    return row.state in {PUBLISHED, UNLISTED} or may_edit(actor, row)
