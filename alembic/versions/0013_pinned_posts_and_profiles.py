"""Pinned posts, and what accounts tell of themselves

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PINNED = sa.text("pinned_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("posts", sa.Column("pinned_at", sa.DateTime(timezone=True)))
    op.create_index("ix_posts_pinned", "posts", ["pinned_at"], postgresql_where=PINNED, sqlite_where=PINNED)
    op.add_column("users", sa.Column("profile_name", sa.String(80)))
    op.add_column("users", sa.Column("profile_bio", sa.Text))
    op.add_column("users", sa.Column("profile_links", sa.Text))


def downgrade() -> None:
    for name in ("profile_links", "profile_bio", "profile_name"):
        op.drop_column("users", name)
    op.drop_index("ix_posts_pinned", "posts")
    op.drop_column("posts", "pinned_at")
