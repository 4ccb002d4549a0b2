"""Series of posts

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("slug", name="uq_series_slug"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_series_user_id_users", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_series_user_id", "series", ["user_id"])
    op.add_column("posts", sa.Column("series_id", sa.Integer))
    op.add_column("posts", sa.Column("series_position", sa.Integer))
    op.create_index("ix_posts_series_id", "posts", ["series_id"])


def downgrade() -> None:
    op.drop_index("ix_posts_series_id", "posts")
    op.drop_column("posts", "series_position")
    op.drop_column("posts", "series_id")
    op.drop_table("series")
