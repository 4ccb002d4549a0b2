"""Which kept pages and documents an event makes old: see `blogapp.web.keeping` for what carries which tag."""

from __future__ import annotations

from typing import Any

from blogapp.accounts.events import UserChanged, UserDeleted, UserRegistered
from blogapp.infra.bus import DROP, Bus, Message
from blogapp.infra.cache import Cache
from blogapp.infra.events import Events
from blogapp.posts.events import PostChanged, PostCreated, PostDeleted

TAGS = "purged"
"""In a message of the bus: what has changed."""

AboutPost = PostCreated | PostChanged | PostDeleted
AboutUser = UserRegistered | UserChanged | UserDeleted


def subscribe(events: Events, bus: Bus, pages: Cache[Any]) -> None:
    """Before an act is answered, this process has forgotten what it changed, and the others are told.

    What they tell may get lost on the way: then everything is forgotten.
    """

    async def tell(event: AboutPost | AboutUser) -> None:
        tags = tags_of(event)
        pages.purge(tags)
        await bus.publish({TAGS: sorted(tags)})

    def receive(message: Message) -> None:
        if TAGS in message.document:
            pages.purge(message.document[TAGS])
        elif DROP in message.document:
            pages.drop()

    bus.subscribe(receive, pages.drop)

    for kind in (PostCreated, PostChanged, PostDeleted, UserRegistered, UserChanged, UserDeleted):
        events.subscribe(kind, tell)


def tags_of(event: AboutPost | AboutUser) -> set[str]:
    """Lists of posts and the posts themselves show their authors' names."""
    if isinstance(event, UserRegistered):
        return {"users"}
    shown = {"home", "posts", f"user:{event.user_id}"}
    return shown | ({f"post:{event.post_id}"} if isinstance(event, AboutPost) else {"users"})
