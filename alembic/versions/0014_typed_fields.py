"""Working copies hold all that is typed

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("working_copies", sa.Column("beside", sa.Text))


def downgrade() -> None:
    op.drop_column("working_copies", "beside")
