"""Every table, for migrations and tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blogapp.accounts.models import Confirmation, FormerName, Link, Session, Token, User
from blogapp.comments.models import Comment, CommentFollower, CommentMute, CommentReport
from blogapp.community.models import DigestMute, FollowedAuthor, FollowedTag, LikedPost, Notice, SavedPost
from blogapp.infra.db import Base
from blogapp.infra.outbox import Job
from blogapp.infra.throttle import Throttle
from blogapp.media.models import Media, MediaUse
from blogapp.portability.models import ImportSource
from blogapp.posts.models import OpenEditor, Post, PostAuthor, Revision, Series, WorkingCopy
from blogapp.search.models import FULL_TEXT, PostTerms
from blogapp.tags.models import PostTag, Tag, TagRedirect

__all__ = [
    "Comment",
    "CommentFollower",
    "CommentMute",
    "CommentReport",
    "Confirmation",
    "DigestMute",
    "FollowedAuthor",
    "FollowedTag",
    "FormerName",
    "ImportSource",
    "Job",
    "LikedPost",
    "Link",
    "Media",
    "MediaUse",
    "Notice",
    "OpenEditor",
    "Post",
    "PostAuthor",
    "PostTag",
    "PostTerms",
    "Revision",
    "SavedPost",
    "Series",
    "Session",
    "Tag",
    "TagRedirect",
    "Throttle",
    "Token",
    "User",
    "WorkingCopy",
    "compared_on",
    "metadata",
]

metadata = Base.metadata


def compared_on(dialect: str) -> Callable[[Any, str | None, str, bool, Any], bool]:
    """For Alembic, what to compare: not the tables inside SQLite's full-text index, which no model tells of, and not the
    indexes of the other dialect.
    """

    def is_compared(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001  # Alembic's signature
        if kind == "index":
            return bool(thing.info.get("dialect", dialect) == dialect)
        return kind != "table" or not str(name).startswith(FULL_TEXT)

    return is_compared
