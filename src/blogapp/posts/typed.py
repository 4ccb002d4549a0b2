"""A post as its form shows it."""

from __future__ import annotations

from typing import Any

from blogapp.labels import unpack
from blogapp.posts.models import SCHEDULED
from blogapp.text import slug


def as_typed(post: Any) -> dict[str, Any]:
    """What fills the edit form. An address that follows the title goes on following it."""
    due = f"{post.published_at:%Y-%m-%dT%H:%M}" if post.state == SCHEDULED else ""
    own_slug = "" if post.slug == slug(post.title) else post.slug
    tags = ", ".join(label.name for label in unpack(post.tags))
    return {**post._mapping, "publish_at": due, "slug": own_slug, "tags": tags}
