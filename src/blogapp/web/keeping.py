"""What a handler says of an answer that may be given to strangers again."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from quart import request

from blogapp.web.cache import TAGS
from blogapp.web.context import actor


def keep(*tags: str, more: Callable[[], Iterable[str]] = tuple) -> None:
    """The answer shows what the tags name: `home`, `posts`, `users`, `post:12`, `user:3`. It is made no more than once
    until one of them is purged. Without this no answer is kept, and none to anybody who is signed in. `more` is asked only
    if this one may be.
    """
    wanted = request.scope.get(TAGS)
    if isinstance(wanted, set) and not actor().is_authenticated:
        wanted.update(tags, more())
