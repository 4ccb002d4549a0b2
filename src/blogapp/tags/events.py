"""What happened to tags."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagsLeft:
    """A post has these no more."""

    tag_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class TagRenamed:
    """Under its new name, or as a part of the tag that it went into."""

    tag_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class TagsMerge:
    """Inside the act: by its end the first is gone, and all that had it has the second."""

    tag_id: int
    into_id: int
