"""What somebody is typing, beside the saved text

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "working_copies",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("base_version", sa.Integer),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("saved_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_working_copies"),
        sa.UniqueConstraint("user_id", "post_id", name="uq_working_copies_user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_working_copies_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_working_copies_post_id_posts", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_working_copies_post_id", "working_copies", ["post_id"])
    op.create_index("ix_working_copies_saved_at", "working_copies", ["saved_at"])
    op.create_table(
        "open_editors",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("seen_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "user_id", name="pk_open_editors"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_open_editors_post_id_posts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_open_editors_user_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_open_editors_user_id", "open_editors", ["user_id"])
    op.create_index("ix_open_editors_seen_at", "open_editors", ["seen_at"])


def downgrade() -> None:
    for table in ("open_editors", "working_copies"):
        op.drop_table(table)
