"""How many posts somebody has in each state, and what of them waits, is read from an index

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_posts_states_of_user", "posts", ["user_id", "trashed_at", "state"])


def downgrade() -> None:
    op.drop_index("ix_posts_states_of_user", "posts")
