"""Posts that are simply there."""

from __future__ import annotations

from typing import Any

from quart import Quart

from blogapp.actor import Actor
from blogapp.posts import service
from blogapp.posts.composing import compose
from blogapp.posts.models import Post
from blogapp.posts.schemas import PostDraft
from tests.people import Person, resources

TITLE = "What the tide left behind"
CONTENT = "The sea was out, and the whole beach lay open like a book."


async def post(app: Quart, author: Person, title: str = TITLE, content: str = CONTENT, **more: Any) -> Post:
    """`more` are further fields of a draft."""
    draft = PostDraft(title=title, content=content, **more)
    body = await compose(resources(app).rendering, draft.content, draft.format)
    async with resources(app).db.transaction() as session:
        return await service.create(session, Actor(author.id), draft, body, draft.publish_at)


async def posts(app: Quart, author: Person, number: int) -> list[Post]:
    """Oldest first: "Post number 1", "Post number 2" and so on."""
    return [await post(app, author, f"Post number {i}") for i in range(1, number + 1)]
