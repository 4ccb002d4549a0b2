"""A post as its form shows it."""

from __future__ import annotations

from typing import Any

from blogapp import covers
from blogapp.labels import unpack
from blogapp.posts.models import SCHEDULED
from blogapp.text import slug


def as_typed(post: Any) -> dict[str, Any]:
    """What fills the edit form. An address that follows the title goes on following it."""
    due = f"{post.published_at:%Y-%m-%dT%H:%M}" if post.state == SCHEDULED else ""
    own_slug = "" if post.slug == slug(post.title) else post.slug
    tags = ", ".join(label.name for label in unpack(post.tags))
    cover = covers.unpack(post.cover)
    picture = {
        "cover": cover.address if cover else "",
        "cover_alt": cover.alt if cover else "",
        "cover_caption": cover.caption if cover else "",
    }
    return {**post._asdict(), **picture, "publish_at": due, "slug": own_slug, "tags": tags}


def is_as_saved(saved: dict[str, Any], typed: dict[str, Any]) -> bool:
    """Whether what was typed changes nothing. No series is 0 in its list."""
    return all(str(saved.get(name) or "") == ("" if value == "0" else value) for name, value in typed.items())
