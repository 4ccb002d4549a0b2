"""Secret links to posts that are not public

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("preview_key", sa.String(22)))


def downgrade() -> None:
    op.drop_column("posts", "preview_key")
