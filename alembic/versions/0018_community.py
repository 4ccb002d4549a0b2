"""Who follows, saves and likes what, and what people are told of

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNSEEN = sa.text("seen_at IS NULL")

PAIRS = (
    ("followed_authors", "author_id", "users", "followed_at"),
    ("followed_tags", "tag_id", "tags", "followed_at"),
    ("saved_posts", "post_id", "posts", "saved_at"),
    ("liked_posts", "post_id", "posts", "liked_at"),
)


def upgrade() -> None:
    op.add_column("posts", sa.Column("likes_count", sa.Integer, nullable=False, server_default="0"))
    for table, column, to, moment in PAIRS:
        op.create_table(
            table,
            sa.Column("user_id", sa.Integer, nullable=False),
            sa.Column(column, sa.Integer, nullable=False),
            sa.Column(moment, sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint("user_id", column, name=f"pk_{table}"),
            reference(table, "user_id", "users"),
            reference(table, column, to),
        )
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_index("ix_saved_posts_user_id_saved_at", "saved_posts", ["user_id", "saved_at", "post_id"])
    create_notices()
    op.create_table(
        "digest_mutes",
        sa.Column("user_id", sa.Integer, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_digest_mutes"),
        reference("digest_mutes", "user_id", "users"),
    )


def create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("comment_id", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("is_sent", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("user_id", "key", name="uq_notices_user_id_key"),
        reference("notices", "user_id", "users"),
        reference("notices", "actor_id", "users"),
        reference("notices", "comment_id", "post_comments"),
        sqlite_autoincrement=True,
    )
    for column in ("actor_id", "comment_id", "created_at"):
        op.create_index(f"ix_notices_{column}", "notices", [column])
    op.create_index("ix_notices_user_id_id", "notices", ["user_id", "id"])
    op.create_index("ix_notices_unseen", "notices", ["user_id", "id"], postgresql_where=UNSEEN, sqlite_where=UNSEEN)


def reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("digest_mutes")
    op.drop_table("notices")
    for table, *_ in PAIRS:
        op.drop_table(table)
    op.drop_column("posts", "likes_count")
