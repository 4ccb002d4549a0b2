"""The picture that an account shows of itself

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("profile_picture", sa.String(80)))
    op.create_index("ix_users_profile_picture", "users", ["profile_picture"])


def downgrade() -> None:
    op.drop_index("ix_users_profile_picture", "users")
    op.drop_column("users", "profile_picture")
