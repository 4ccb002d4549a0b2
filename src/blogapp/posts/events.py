"""What happened to posts, with what is worth telling of them: a deleted one can't be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from blogapp.labels import Label

Place = Literal["lists", "page"]


@dataclass(frozen=True, slots=True)
class PostEvent:
    """`places` are where readers see it happen: an unlisted post is on its page only, a draft nowhere."""

    post_id: int
    user_id: int
    title: str
    slug: str
    at: datetime
    places: frozenset[Place]
    tags: tuple[Label, ...] = ()
    series_id: int | None = None
    coauthor_ids: frozenset[int] = frozenset()
    beside: frozenset[int] = frozenset()
    """Of one that has just appeared: the posts before and after it."""


class PostCreated(PostEvent):
    pass


class PostChanged(PostEvent):
    pass


class PostDeleted(PostEvent):
    pass


class PostCredited(PostEvent):
    """Other people are named as its authors. Its text is as it was."""


class PostPinned(PostEvent):
    """It stays on top of the home page from now on, or no longer does."""


@dataclass(frozen=True, slots=True)
class PostAppears:
    """Inside the act: readers see its page from now on, or in other words than before. `names` are those of accounts, in lower
    case, that it mentions and did not before; `by` is whose words these are.
    """

    post_id: int
    slug: str
    by: int
    author_ids: frozenset[int]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListsChange:
    """Inside the act: lists and feeds show it from now on, show it in another way, or no longer."""

    post_id: int
    author_ids: frozenset[int]
    tags: tuple[Label, ...]
    series_id: int | None


@dataclass(frozen=True, slots=True)
class SeriesChanged:
    """What they are called, or the order of their posts; `post_ids` may be in another one than before."""

    series_ids: frozenset[int]
    post_ids: frozenset[int]
