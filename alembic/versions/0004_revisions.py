"""Every text that was saved

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there is recorded when it is changed for the first time."""
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("depth", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("editor_id", sa.Integer),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.UniqueConstraint("post_id", "number", name="uq_revisions_post_id_number"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_revisions_post_id_posts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["editor_id"], ["users.id"], name="fk_revisions_editor_id_users", ondelete="SET NULL"),
    )
    op.create_index("ix_revisions_editor_id", "revisions", ["editor_id"])


def downgrade() -> None:
    op.drop_table("revisions")
