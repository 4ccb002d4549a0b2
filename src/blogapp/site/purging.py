"""Which kept pages and documents an event makes old: see `blogapp.web.keeping` for what carries which tag."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from blogapp.accounts.events import UserChanged, UserDeleted, UserRegistered
from blogapp.comments.events import CommentChanged, CommentCreated, CommentDeleted, CommentsTurned
from blogapp.community.events import PostsLiked
from blogapp.infra.bus import DROP, Bus, Message
from blogapp.infra.cache import Cache
from blogapp.infra.events import Events
from blogapp.posts.events import PostChanged, PostCreated, PostCredited, PostDeleted, PostPinned, SeriesChanged
from blogapp.tags.events import TagRenamed, TagsLeft

TAGS = "purged"
"""In a message of the bus: what has changed."""

AboutPost = PostCreated | PostChanged | PostCredited | PostPinned | PostDeleted
AboutGroup = TagsLeft | TagRenamed | SeriesChanged | PostsLiked
AboutComment = CommentCreated | CommentChanged | CommentDeleted | CommentsTurned
AboutUser = UserRegistered | UserChanged | UserDeleted


def subscribe(events: Events, bus: Bus, pages: Cache[Any]) -> None:
    """Before an act is answered, this process has forgotten what it changed, and the others are told.

    What they tell may get lost on the way: then everything is forgotten.
    """

    async def tell(event: AboutPost | AboutUser | AboutGroup | AboutComment) -> None:
        tags = tags_of(event)
        pages.purge(tags)
        await bus.publish({TAGS: sorted(tags)})

    def receive(message: Message) -> None:
        if TAGS in message.document:
            pages.purge(message.document[TAGS])
        elif DROP in message.document:
            pages.drop()

    bus.subscribe(receive, pages.drop)

    for kind in get_args(AboutPost | AboutUser | AboutGroup | AboutComment):
        events.subscribe(kind, tell)


def tags_of(event: AboutPost | AboutUser | AboutGroup | AboutComment) -> set[str]:
    """Lists of posts and the posts themselves show their authors' names, and their tags."""
    if isinstance(event, UserRegistered):
        return {"users"}
    if isinstance(event, AboutComment):
        return {
            "comments",
            *_numbered("post", event.post_ids if isinstance(event, CommentsTurned) else [event.post_id]),
        }
    if isinstance(event, AboutGroup):
        return _of_group(event)
    shown = {"home", "posts", f"user:{event.user_id}"}
    if isinstance(event, AboutPost):
        posts = _numbered("post", {event.post_id} | event.beside)
        return shown | posts | _numbered("user", event.coauthor_ids) | _groups(event)
    return shown | {"users", "authors"}


def _of_group(event: AboutGroup) -> set[str]:
    if isinstance(event, PostsLiked):
        return _numbered("post", event.post_ids)
    if isinstance(event, TagsLeft):
        return {"tags", *_numbered("tag", event.tag_ids)}
    if isinstance(event, SeriesChanged):
        return {"series", *_numbered("series", event.series_ids), *_numbered("post", event.post_ids)}
    return {"home", "posts", "lists", "tags", *_numbered("named", event.tag_ids), *_numbered("tag", event.tag_ids)}


def _groups(event: AboutPost) -> set[str]:
    tags = {"tags", *_numbered("tag", (label.id for label in event.tags))} if event.tags else set()
    return tags | ({"series", f"series:{event.series_id}"} if event.series_id is not None else set())


def _numbered(kind: str, ids: Iterable[int]) -> set[str]:
    return {f"{kind}:{one}" for one in ids}
