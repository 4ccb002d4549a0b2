"""What readers did, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blogapp.community.models import Kind


@dataclass(frozen=True, slots=True)
class PostsLiked:
    """More or fewer people like them."""

    post_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class NoticeCreated:
    """For `user_id` alone. `actor_id` is who did it; `comment_id` and `post_id` are None for a new follower, the first also
    where a post itself mentions somebody: `slug` is the post's then.
    """

    user_id: int
    kind: Kind
    actor_id: int | None
    comment_id: int | None
    post_id: int | None
    slug: str
    at: datetime
