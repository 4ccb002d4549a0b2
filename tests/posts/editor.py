"""An author at the forms."""

from __future__ import annotations

from quart import Quart
from sqlalchemy import select

from blogapp.posts.models import Post
from tests.people import Client, resources
from tests.reading import Page, send

MINE = {"title": "My own harbour", "content": "What I wrote in the meantime, and would hate to lose."}
THEIRS = {"title": "Their harbour", "content": "What somebody else wrote, and would hate to lose."}


async def stored_posts(app: Quart) -> list[Post]:
    """Those that are not in the trash."""
    async with resources(app).db.transaction() as session:
        return list(await session.scalars(select(Post).where(Post.trashed_at.is_(None)).order_by(Post.id)))


async def save(browser: Client, opened: Page, /, **fields: str) -> Page:
    """Send an edit form as it was opened, with some fields changed."""
    given = {name: opened.value(name) for name in ("title", "content")}
    given |= {name: opened.hidden(name) for name in ("version", "opened")}
    return await send(browser, opened.path, **(given | fields))
