"""Pictures, and the posts that name them

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("moves", sa.Boolean, nullable=False),
        sa.Column("alt", sa.String(1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unused_since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
        sa.UniqueConstraint("user_id", "name", name="uq_media_user_id_name"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_media_user_id_users", ondelete="SET NULL"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_media_name", "media", ["name"])
    op.create_table(
        "media_uses",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("is_current", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "name", name="pk_media_uses"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_media_uses_post_id_posts", ondelete="CASCADE"),
    )
    op.create_index("ix_media_uses_name", "media_uses", ["name"])


def downgrade() -> None:
    op.drop_table("media_uses")
    op.drop_table("media")
