"""Which posts came out of which files

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_sources",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("post_id", sa.Integer, nullable=False),
        sa.Column("origin", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("is_whole", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_sources"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_import_sources_post_id_posts", ondelete="CASCADE"),
        sa.UniqueConstraint("origin", name="uq_import_sources_origin"),
    )
    op.create_index("ix_import_sources_post_id", "import_sources", ["post_id"])
    op.create_index("ix_import_sources_digest", "import_sources", ["digest"])


def downgrade() -> None:
    op.drop_table("import_sources")
