"""Every table, for migrations and tests."""

from blogapp.accounts.models import Confirmation, Link, Session, Token, User
from blogapp.infra.db import Base
from blogapp.infra.outbox import Job
from blogapp.infra.throttle import Throttle
from blogapp.media.models import Media, MediaUse
from blogapp.portability.models import ImportSource
from blogapp.posts.models import OpenEditor, Post, Revision, Series, WorkingCopy
from blogapp.tags.models import PostTag, Tag, TagRedirect

__all__ = [
    "Confirmation",
    "ImportSource",
    "Job",
    "Link",
    "Media",
    "MediaUse",
    "OpenEditor",
    "Post",
    "PostTag",
    "Revision",
    "Series",
    "Session",
    "Tag",
    "TagRedirect",
    "Throttle",
    "Token",
    "User",
    "WorkingCopy",
    "metadata",
]

metadata = Base.metadata
