"""Posts of several authors

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "post_authors",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("invited_by", sa.Integer),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("post_id", "user_id", name="pk_post_authors"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_authors_post_id_posts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_post_authors_user_id_users", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["users.id"], name="fk_post_authors_invited_by_users", ondelete="SET NULL"
        ),
    )
    op.create_index("ix_post_authors_user_id", "post_authors", ["user_id"])
    op.create_index("ix_post_authors_invited_by", "post_authors", ["invited_by"])
    op.add_column("posts", sa.Column("coauthors", sa.Text))


def downgrade() -> None:
    op.drop_column("posts", "coauthors")
    op.drop_table("post_authors")
