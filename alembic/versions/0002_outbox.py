"""The outbox, links sent by mail, and addresses found to be their owner's

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_outbox()
    _create_links()
    _create_confirmations()


def downgrade() -> None:
    for table in ("confirmations", "links", "outbox"):
        op.drop_table(table)


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("task", sa.String(60), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("traceparent", sa.String(55)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("due_at", Time, nullable=False),
        sa.Column("handed_at", Time),
        sa.Column("last_error", sa.Text, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_state_due_at", "outbox", ["state", "due_at"])


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_links_user_id_users", ondelete="CASCADE"),
    )
    op.create_index("ix_links_expires_at", "links", ["expires_at"])
    op.create_index("ix_links_user_id", "links", ["user_id"])


def _create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("email", sa.String(120), nullable=False),
        sa.Column("confirmed_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_confirmations"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_confirmations_user_id_users", ondelete="CASCADE"),
    )
