"""Tags of posts, and what they were called before

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tags"),
        sa.UniqueConstraint("slug", name="uq_tags_slug"),
        sa.UniqueConstraint("key", name="uq_tags_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "post_tags",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name="pk_post_tags"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_tags_post_id_posts", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_post_tags_tag_id_tags", ondelete="CASCADE"),
    )
    op.create_index("ix_post_tags_tag_id", "post_tags", ["tag_id", "post_id"])
    op.create_table(
        "tag_redirects",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("tag_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_tag_redirects"),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name="fk_tag_redirects_tag_id_tags", ondelete="CASCADE"),
    )
    op.create_index("ix_tag_redirects_key", "tag_redirects", ["key"])
    op.create_index("ix_tag_redirects_tag_id", "tag_redirects", ["tag_id"])
    op.add_column("posts", sa.Column("tags", sa.Text))


def downgrade() -> None:
    op.drop_column("posts", "tags")
    op.drop_table("tag_redirects")
    op.drop_table("post_tags")
    op.drop_table("tags")
