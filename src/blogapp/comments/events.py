"""What happened to comments that readers see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CommentEvent:
    """`user_id` is its writer; None where the account is gone."""

    comment_id: int
    post_id: int
    user_id: int | None
    title: str
    slug: str
    at: datetime


class CommentCreated(CommentEvent):
    pass


class CommentChanged(CommentEvent):
    pass


class CommentDeleted(CommentEvent):
    """Also one that is hidden from now on."""


@dataclass(frozen=True, slots=True)
class CommentAppears:
    """Inside the act: readers see it from now on, or in other words than before. `waited` where somebody had to look at it."""

    comment_id: int
    post_id: int
    user_id: int | None
    parent_id: int | None
    html: str
    waited: bool


@dataclass(frozen=True, slots=True)
class CommentsTurned:
    """They are closed from now on, or open again; or an account took what it said along."""

    post_ids: frozenset[int]
