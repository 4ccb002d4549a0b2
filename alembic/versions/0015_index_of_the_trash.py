"""The index of the trash holds the trash alone

With all other posts in it, SQLite took it for a way to find those, and sorted them for each list.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME, COLUMNS = "ix_posts_trashed_at", ["trashed_at"]
IN_TRASH = sa.text("trashed_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index(NAME, "posts")
    op.create_index(NAME, "posts", COLUMNS, postgresql_where=IN_TRASH, sqlite_where=IN_TRASH)


def downgrade() -> None:
    op.drop_index(NAME, "posts")
    op.create_index(NAME, "posts", COLUMNS)
