"""What happened to posts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostCreated:
    post_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class PostChanged:
    post_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class PostDeleted:
    post_id: int
    user_id: int
