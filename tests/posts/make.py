"""Posts that are simply there."""

from __future__ import annotations

from quart import Quart

from blogapp.actor import Actor
from blogapp.posts import service
from blogapp.posts.models import Post
from blogapp.posts.schemas import PostDraft
from tests.people import Person, resources

TITLE = "What the tide left behind"
CONTENT = "The sea was out, and the whole beach lay open like a book."


async def post(app: Quart, author: Person, title: str = TITLE, content: str = CONTENT) -> Post:
    async with resources(app).db.transaction() as session:
        return await service.publish(session, Actor(author.id), PostDraft(title=title, content=content))


async def posts(app: Quart, author: Person, number: int) -> list[Post]:
    """Oldest first: "Post number 1", "Post number 2" and so on."""
    return [await post(app, author, f"Post number {i}") for i in range(1, number + 1)]
