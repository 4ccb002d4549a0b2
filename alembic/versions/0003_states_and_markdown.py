"""Posts that are not public yet or no more, and their Markdown as HTML

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from blogapp.errors import Refused
from blogapp.portability import triggers

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CONTRACTS = "a program that knows no drafts would show them to everybody"

LISTED = sa.text("state = 'published' AND trashed_at IS NULL")


def upgrade() -> None:
    """What is there was published when it was written, and is plain text."""
    for column in _new():
        op.add_column("posts", column)
    with triggers.silenced(op.get_bind(), "posts"):
        op.execute("UPDATE posts SET published_at = created_at")
    for name, columns in (("listed", ["published_at", "id"]), ("listed_of_user", ["user_id", "published_at", "id"])):
        op.create_index(f"ix_posts_{name}", "posts", columns, postgresql_where=LISTED, sqlite_where=LISTED)
    op.create_index("ix_posts_trashed_at", "posts", ["trashed_at"])


def downgrade() -> None:
    """Raises Refused while there are posts that the version before would show to everybody."""
    hidden = op.get_bind().scalar(
        sa.text("SELECT count(*) FROM posts WHERE state <> 'published' OR trashed_at IS NOT NULL")
    )
    if hidden:
        raise Refused(f"{hidden} posts are not public, and would be: publish them or delete them for good first")
    for name in ("listed", "listed_of_user", "trashed_at"):
        op.drop_index(f"ix_posts_{name}", "posts")
    for column in reversed(_new()):
        op.drop_column("posts", column.name)


def _new() -> list[sa.Column[Any]]:
    return [
        sa.Column("format", sa.String(8), nullable=False, server_default="plain"),
        sa.Column("html", sa.Text),
        sa.Column("renderer", sa.Integer, nullable=False, server_default="0"),
        sa.Column("excerpt", sa.Text),
        sa.Column("state", sa.String(9), nullable=False, server_default="published"),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("trashed_at", sa.DateTime(timezone=True)),
    ]
