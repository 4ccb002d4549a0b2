"""What is read and swept by where there is very much: posts of a tag, one's own, what waits, unused pictures, old tokens

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LISTED = sa.text("listed_at IS NOT NULL")
NOT_IN_TRASH = sa.text("trashed_at IS NULL")
UNUSED = sa.text("unused_since IS NOT NULL")
ASKED_ABOUT = sa.text("comments_waiting > 0")
MOMENT = sa.text("coalesce(published_at, created_at)")
FILL = """
    UPDATE post_tags SET listed_at = (
        SELECT published_at FROM posts
        WHERE posts.id = post_tags.post_id AND state = 'published' AND trashed_at IS NULL
    )
"""


def upgrade() -> None:
    op.add_column("post_tags", sa.Column("listed_at", sa.DateTime(timezone=True)))
    op.execute(FILL)
    op.create_index(
        "ix_post_tags_listed",
        "post_tags",
        ["tag_id", "listed_at", "post_id"],
        postgresql_where=LISTED,
        sqlite_where=LISTED,
    )
    op.create_index(
        "ix_posts_asked_about", "posts", ["user_id"], postgresql_where=ASKED_ABOUT, sqlite_where=ASKED_ABOUT
    )
    op.create_index("ix_media_unused_since", "media", ["unused_since"], postgresql_where=UNUSED, sqlite_where=UNUSED)
    op.create_index("ix_tokens_expires_at", "tokens", ["expires_at"])
    op.create_index(
        "ix_posts_of_user",
        "posts",
        ["user_id", MOMENT, "id", "state"],
        postgresql_where=NOT_IN_TRASH,
        sqlite_where=NOT_IN_TRASH,
    )


def downgrade() -> None:
    op.drop_index("ix_posts_of_user", "posts")
    op.drop_index("ix_tokens_expires_at", "tokens")
    op.drop_index("ix_media_unused_since", "media")
    op.drop_index("ix_posts_asked_about", "posts")
    op.drop_index("ix_post_tags_listed", "post_tags")
    op.drop_column("post_tags", "listed_at")
