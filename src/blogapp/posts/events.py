"""What happened to posts, with what is worth telling of them: a deleted one can't be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PostEvent:
    post_id: int
    user_id: int
    title: str
    slug: str
    at: datetime


class PostCreated(PostEvent):
    pass


class PostChanged(PostEvent):
    pass


class PostDeleted(PostEvent):
    pass
