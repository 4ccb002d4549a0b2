"""By which terms each post is found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, ForeignKey, Index, Integer, Text, event, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from blogapp.infra.db import Base, UTCDateTime, postgresql_index

Terms = TSVECTOR().with_variant(Text(), "sqlite")
"""On SQLite parted by blanks, as the full-text index beside this table reads them: triggers keep it the same."""

FULL_TEXT = "post_fts"

_LISTED = text("is_listed")


class PostTerms(Base):
    """A row for each post, whatever its state: who may find it is asked when it is looked for."""

    __tablename__ = "post_terms"
    __table_args__ = (
        postgresql_index("ix_post_terms_title", "title", postgresql_using="gin"),
        postgresql_index("ix_post_terms_terms", "terms", postgresql_using="gin"),
        Index("ix_post_terms_listed", "at", "post_id", postgresql_where=_LISTED, sqlite_where=_LISTED),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    """Of the post that this was made of: another one has to be read again."""
    is_listed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    """When it appeared, or else was begun."""
    title: Mapped[str] = mapped_column(Terms)
    terms: Mapped[str] = mapped_column(Terms)
    """Of the text; on PostgreSQL of the title, too, which weighs more there."""


_REMOVE = "INSERT INTO post_fts (post_fts, rowid, title, terms) VALUES ('delete', old.post_id, old.title, old.terms);"
_ADD = "INSERT INTO post_fts (rowid, title, terms) VALUES (new.post_id, new.title, new.terms);"
_FTS5 = "title, terms, content='post_terms', content_rowid='post_id', tokenize='ascii', prefix='2 3'"
_OF_SQLITE = (
    f"CREATE VIRTUAL TABLE post_fts USING fts5({_FTS5})",
    f"CREATE TRIGGER post_terms_added AFTER INSERT ON post_terms BEGIN {_ADD} END",
    f"CREATE TRIGGER post_terms_removed AFTER DELETE ON post_terms BEGIN {_REMOVE} END",
    f"CREATE TRIGGER post_terms_changed AFTER UPDATE OF title, terms ON post_terms BEGIN {_REMOVE} {_ADD} END",
)
"""Its tokenizer takes every letter beyond ASCII for one, and changes none. See https://sqlite.org/fts5.html, 4.4.3."""

for _statement in _OF_SQLITE:
    event.listen(PostTerms.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]  # as SQLAlchemy has it
