"""Names that are read as one another are found by an index

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

LIKENESS = sa.text(
    "replace(replace(replace(replace(lower(replace(username, 'I', 'l')), '1', 'l'), '0', 'o'), 'rn', 'm'), 'vv', 'w')"
)


def upgrade() -> None:
    op.create_index("ix_users_likeness", "users", [LIKENESS])


def downgrade() -> None:
    op.drop_index("ix_users_likeness", "users")
