"""Every table, for migrations and tests."""

from blogapp.accounts.models import Confirmation, Link, Session, Token, User
from blogapp.infra.db import Base
from blogapp.infra.outbox import Job
from blogapp.infra.throttle import Throttle
from blogapp.posts.models import Post, Revision

__all__ = ["Confirmation", "Job", "Link", "Post", "Revision", "Session", "Throttle", "Token", "User", "metadata"]

metadata = Base.metadata
