"""Which kept pages and documents an event makes old: see `blogapp.web.keeping` for what carries which tag."""

from __future__ import annotations

from collections.abc import Callable

from blogapp.accounts.events import UserChanged, UserDeleted, UserRegistered
from blogapp.infra.events import Events
from blogapp.posts.events import PostChanged, PostCreated, PostDeleted

AboutPost = PostCreated | PostChanged | PostDeleted
AboutUser = UserRegistered | UserChanged | UserDeleted


def subscribe(events: Events, purge: Callable[[set[str]], None]) -> None:
    """Before an act is answered, `purge` has been told the tags of what it changed."""

    async def tell(event: AboutPost | AboutUser) -> None:
        purge(tags_of(event))

    for kind in (PostCreated, PostChanged, PostDeleted, UserRegistered, UserChanged, UserDeleted):
        events.subscribe(kind, tell)


def tags_of(event: AboutPost | AboutUser) -> set[str]:
    """Lists of posts and the posts themselves show their authors' names."""
    if isinstance(event, UserRegistered):
        return {"users"}
    shown = {"home", "posts", f"user:{event.user_id}"}
    return shown | ({f"post:{event.post_id}"} if isinstance(event, AboutPost) else {"users"})
