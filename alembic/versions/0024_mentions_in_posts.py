"""Who is mentioned in a post is told

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("post_id", sa.Integer))


def downgrade() -> None:
    op.execute("DELETE FROM notices WHERE post_id IS NOT NULL")
    op.drop_column("notices", "post_id")
