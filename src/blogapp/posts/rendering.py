"""Making the HTML of all posts again, when the renderer has learnt something."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from blogapp import markdown
from blogapp.infra.progress import Progress
from blogapp.infra.reads import AnyRow
from blogapp.infra.resources import Resources
from blogapp.posts.composing import look_up, of_markdown
from blogapp.posts.models import MARKDOWN, Post
from blogapp.search import index

AT_ONCE = 50
"""Posts of one transaction: writers wait no longer than it takes to store these."""


_WANTED = (Post.id, Post.title, Post.content, Post.version)


async def render_again(resources: Resources, progress: Progress, *, every: bool) -> int:
    """How many posts have new HTML. Nobody is told that they changed: their text has not.

    A post that is saved meanwhile keeps what its author made of it.
    """
    wanted = [Post.format == MARKDOWN, *([] if every else [Post.renderer < markdown.VERSION])]
    total = int((await resources.db.rows(select(func.count(Post.id)).where(*wanted)))[0][0])
    done, last = 0, 0
    with progress.count("rendering posts", total) as advance:
        while True:
            some = select(*_WANTED).where(*wanted, Post.id > last)
            rows = await resources.db.rows(some.order_by(Post.id).limit(AT_ONCE))
            if not rows:
                return done
            done += await _render(resources, rows)
            last = rows[-1].id
            advance(len(rows))


async def render_these(resources: Resources, post_ids: Sequence[int]) -> None:
    """When accounts that they mention have come after them."""
    for start in range(0, len(post_ids), AT_ONCE):
        these = (Post.format == MARKDOWN, Post.id.in_(post_ids[start : start + AT_ONCE]))
        await _render(resources, await resources.db.rows(select(*_WANTED).where(*these)))


async def _render(resources: Resources, rows: Sequence[AnyRow]) -> int:
    known = await look_up(resources.db, *(row.content for row in rows))
    bodies = [await resources.rendering.run(of_markdown, row.content, known) for row in rows]
    done = 0
    async with resources.db.transaction() as session:
        for row, body in zip(rows, bodies, strict=True):
            made = {
                "html": body.html,
                "excerpt": body.excerpt,
                "renderer": body.renderer,
                "updated_at": Post.updated_at,
            }
            same = (Post.id == row.id, Post.version == row.version)
            changed = await session.execute(update(Post).where(*same).values(made).returning(Post.id))
            if changed.first() is not None:
                await index.write(session, row.id, row.title, body.terms)
                done += 1
    return done
