"""Every table, for migrations and tests."""

from blogapp.accounts.models import Session, Token, User
from blogapp.infra.db import Base
from blogapp.infra.throttle import Throttle
from blogapp.posts.models import Post

__all__ = ["Post", "Session", "Throttle", "Token", "User", "metadata"]

metadata = Base.metadata
