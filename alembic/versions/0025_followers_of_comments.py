"""Comments of a post can be followed without saying anything there

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = "comment_followers"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=f"pk_{TABLE}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{TABLE}_{column}_{to}", ondelete="CASCADE")
            for column, to in (("post_id", "posts"), ("user_id", "users"))
        ),
    )
    op.create_index(f"ix_{TABLE}_user_id", TABLE, ["user_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
