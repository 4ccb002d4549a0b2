"""Terms by which posts are found

Posts that are there already are indexed by the server, or by `blogapp posts index`.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TERMS = TSVECTOR().with_variant(sa.Text(), "sqlite")
LISTED = sa.text("is_listed")
REMOVE = "INSERT INTO post_fts (post_fts, rowid, title, terms) VALUES ('delete', old.post_id, old.title, old.terms);"
ADD = "INSERT INTO post_fts (rowid, title, terms) VALUES (new.post_id, new.title, new.terms);"


def upgrade() -> None:
    op.create_table(
        "post_terms",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", TERMS, nullable=False),
        sa.Column("terms", TERMS, nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_terms"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_terms_post_id_posts", ondelete="CASCADE"),
    )
    op.create_index(
        "ix_post_terms_listed", "post_terms", ["at", "post_id"], postgresql_where=LISTED, sqlite_where=LISTED
    )
    if op.get_bind().dialect.name == "sqlite":
        index_for_sqlite()
    else:
        op.create_index("ix_post_terms_title", "post_terms", ["title"], postgresql_using="gin")
        op.create_index("ix_post_terms_terms", "post_terms", ["terms"], postgresql_using="gin")


def index_for_sqlite() -> None:
    """It reads the terms where they are. Letters beyond ASCII are letters to its tokenizer, which changes none."""
    op.execute(
        "CREATE VIRTUAL TABLE post_fts USING fts5("
        "title, terms, content='post_terms', content_rowid='post_id', tokenize='ascii', prefix='2 3')"
    )
    op.execute(f"CREATE TRIGGER post_terms_added AFTER INSERT ON post_terms BEGIN {ADD} END")
    op.execute(f"CREATE TRIGGER post_terms_removed AFTER DELETE ON post_terms BEGIN {REMOVE} END")
    op.execute(f"CREATE TRIGGER post_terms_changed AFTER UPDATE OF title, terms ON post_terms BEGIN {REMOVE} {ADD} END")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE post_fts")
    op.drop_table("post_terms")
