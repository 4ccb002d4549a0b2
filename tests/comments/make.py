"""Comments that are simply there."""

from __future__ import annotations

from quart import Quart

from blogapp.actor import Actor
from blogapp.comments import markdown, service
from blogapp.comments.models import Comment
from blogapp.comments.schemas import CommentDraft
from blogapp.comments.service import Saying
from blogapp.posts import service as posts
from tests.people import Person, resources

CONTENT = "I found two of those."


async def comment(app: Quart, writer: Person, post_id: int, content: str = CONTENT) -> Comment:
    """The first of an account waits, but for authors of the post."""
    actor = Actor(writer.id, writer.username)
    async with resources(app).db.transaction() as session:
        post = await posts.get(session, actor, post_id)
        draft = CommentDraft(content=content)
        return await service.write(session, actor, post, Saying(draft, markdown.render(content)))
