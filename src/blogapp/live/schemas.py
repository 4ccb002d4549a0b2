"""What listeners are told, and how they say what they want to hear."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, Field

from blogapp.accounts.schemas import Id, Moment
from blogapp.errors import Invalid, Violation
from blogapp.text import SLUG_LENGTH

EVERYTHING = "posts"
MINE = "me"
"""What the account is told that asks."""
MOST_TOPICS = 20
ID_PATTERN = "[0-9]{1,20}-[0-9]{1,20}"
TOPIC_PATTERN = f"posts|me|(post|user):[1-9][0-9]{{0,9}}|tag:[a-z0-9-]{{1,{SLUG_LENGTH}}}"
TOPICS_PATTERN = f"({TOPIC_PATTERN})(,({TOPIC_PATTERN})){{0,{MOST_TOPICS - 1}}}"


class LiveEvent(BaseModel):
    """Something that happened to a post or to a comment under it, or that an account is told, as `/api/live` tells it."""

    type: Literal[
        "post.created",
        "post.updated",
        "post.deleted",
        "comment.created",
        "comment.updated",
        "comment.deleted",
        "notification.created",
    ] = Field(description="Of what, and what.", examples=["post.created"])
    id: str = Field(description="Names this event; what came after it can be asked for.", examples=["1795339800000-0"])
    post_id: Id | None = Field(description="Null for a notification that is about none.")
    comment_id: Id | None = Field(description="Null where it is the post itself.")
    title: str = Field(description="The post's; empty for a notification.", examples=["What the tide left behind"])
    author: str = Field(
        description="Username of who wrote the post, or the comment, or who did what you are told of.", examples=["ada"]
    )
    author_id: Id | None = Field(description="Null where there is nobody.")
    url: str = Field(
        description="The page of the post, or the place of the comment, relative to the site.",
        examples=["/posts/1/what-the-tide-left-behind"],
    )
    time: Moment
    topics: list[str] = Field(description="Who is told.", examples=[["posts", "post:1", "user:1", "tag:low-tide"]])


def account_topic(user_id: int) -> str:
    """Nobody can ask for it by this name: see `topics`."""
    return f"account:{user_id}"


def topics(given: str | None) -> frozenset[str]:
    """Left out, it is everything. Raises Invalid."""
    if given is None:
        return frozenset({EVERYTHING})
    if not re.fullmatch(TOPICS_PATTERN, given):
        said = f"Name up to {MOST_TOPICS} of posts, me, post:NUMBER, user:NUMBER and tag:SLUG, parted by commas."
        raise Invalid(said, Violation("topics", said, "pattern"))
    return frozenset(given.split(","))


def place(name: str, given: str | None) -> str | None:
    """The id of the last event somebody heard, from the field `name`. Raises Invalid."""
    if given is not None and not re.fullmatch(ID_PATTERN, given):
        said = "Send the id of an event as you got it."
        raise Invalid(said, Violation(name, said, "pattern"))
    return given
