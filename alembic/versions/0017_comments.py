"""Comments under posts

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WAITS = sa.text("state = 'waiting'")


def upgrade() -> None:
    op.add_column("posts", sa.Column("comments_count", sa.Integer, nullable=False, server_default="0"))
    op.add_column("posts", sa.Column("comments_waiting", sa.Integer, nullable=False, server_default="0"))
    op.add_column("posts", sa.Column("comments_closed_at", sa.DateTime(timezone=True)))
    create_comments()
    op.create_table(
        "comment_reports",
        sa.Column("comment_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name="pk_comment_reports"),
        reference("comment_reports", "comment_id", "post_comments", "CASCADE"),
        reference("comment_reports", "user_id", "users", "CASCADE"),
    )
    op.create_index("ix_comment_reports_user_id", "comment_reports", ["user_id"])
    op.create_table(
        "comment_mutes",
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "user_id", name="pk_comment_mutes"),
        reference("comment_mutes", "post_id", "posts", "CASCADE"),
        reference("comment_mutes", "user_id", "users", "CASCADE"),
    )
    op.create_index("ix_comment_mutes_user_id", "comment_mutes", ["user_id"])


def create_comments() -> None:
    op.create_table(
        "post_comments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("parent_id", sa.Integer),
        sa.Column("root_id", sa.Integer),
        sa.Column("state", sa.String(7), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary(32)),
        sa.Column("tells", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_post_comments"),
        sa.UniqueConstraint("post_id", "user_id", "digest", name="uq_post_comments_post_id_user_id_digest"),
        reference("post_comments", "post_id", "posts", "CASCADE"),
        reference("post_comments", "user_id", "users", "SET NULL"),
        reference("post_comments", "parent_id", "post_comments", "CASCADE"),
        reference("post_comments", "root_id", "post_comments", "CASCADE"),
        sqlite_autoincrement=True,
    )
    for column in ("user_id", "parent_id", "root_id"):
        op.create_index(f"ix_post_comments_{column}", "post_comments", [column])
    op.create_index("ix_post_comments_post_id_root_id", "post_comments", ["post_id", "root_id", "id"])
    op.create_index(
        "ix_post_comments_waiting", "post_comments", ["post_id", "id"], postgresql_where=WAITS, sqlite_where=WAITS
    )


def reference(table: str, column: str, to: str, ondelete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete=ondelete)


def downgrade() -> None:
    op.drop_table("comment_mutes")
    op.drop_table("comment_reports")
    op.drop_table("post_comments")
    op.drop_column("posts", "comments_closed_at")
    op.drop_column("posts", "comments_waiting")
    op.drop_column("posts", "comments_count")
