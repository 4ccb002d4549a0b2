"""How many posts a tag has is counted on PostgreSQL in a tenth of the pages

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(
            "ix_post_tags_counted", "post_tags", ["tag_id"], postgresql_where=sa.text("listed_at IS NOT NULL")
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_post_tags_counted", "post_tags")
