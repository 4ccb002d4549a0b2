"""What both doors do around an act on comments: make the HTML, find the row, carry it out."""

from __future__ import annotations

from blogapp import mentions
from blogapp.accounts import queries as accounts
from blogapp.comments import documents, letters, markdown, service
from blogapp.comments.models import Comment, State
from blogapp.comments.schemas import CommentDraft
from blogapp.comments.service import Saying
from blogapp.errors import Forbidden, NotFound
from blogapp.posts import queries as posts_read
from blogapp.posts import service as posts
from blogapp.posts.editing import readable
from blogapp.posts.models import PUBLISHED, UNLISTED, may_read
from blogapp.web.addresses import mounted_at, site
from blogapp.web.auth import require_actor
from blogapp.web.context import db, resources


async def say(post_id: int, draft: CommentDraft, *, is_odd: bool = False) -> Comment:
    """Raises Unauthenticated, NotFound, Forbidden where the comments are closed, Invalid."""
    asker, row = require_actor(), await readable(post_id)
    if row.state not in {PUBLISHED, UNLISTED}:
        raise Forbidden(service.NOT_PUBLIC)
    html = await rendered(draft.content)
    async with db().transaction() as session:
        post = await posts.get(session, asker, post_id)
        if not documents.is_open(post):
            raise Forbidden(service.CLOSED)
        return await service.write(session, asker, post, Saying(draft, html, _here(), is_odd))


async def change(comment_id: int, content: str) -> None:
    asker, html = require_actor(), await rendered(content)
    async with db().transaction() as session:
        await service.change(session, asker, await service.held(session, asker, comment_id), content, html)


async def remove(comment_id: int) -> None:
    asker = require_actor()
    async with db().transaction() as session:
        await service.remove(session, asker, await service.held(session, asker, comment_id))


async def decide(comment_id: int, state: State) -> None:
    asker = require_actor()
    async with db().transaction() as session:
        await service.decide(session, asker, await service.held(session, asker, comment_id), state, _here())


async def report(comment_id: int, reason: str) -> None:
    asker = require_actor()
    async with db().transaction() as session:
        await service.report(session, asker, await service.held(session, asker, comment_id), reason)


async def turn(post_id: int, *, closed: bool) -> None:
    asker = require_actor()
    async with db().transaction() as session:
        await service.turn(session, asker, await posts.get(session, asker, post_id), closed=closed)


async def rendered(content: str) -> str:
    """Whoever has an account under a name that is mentioned is linked to."""
    people = await accounts.people(db(), mentions.named(content), mounted_at.get())
    return await resources().rendering.run(markdown.render, content, people)


async def follow(post_id: int) -> None:
    """Raises Unauthenticated, NotFound, Forbidden where nobody can comment yet."""
    asker, row = require_actor(), await readable(post_id)
    if row.state not in {PUBLISHED, UNLISTED}:
        raise Forbidden(service.NOT_PUBLIC)
    async with db().transaction() as session:
        await letters.follow(session, post_id, asker.id or 0)


async def unfollow(post_id: int) -> None:
    """Raises Unauthenticated, and NotFound but for whoever followed before the post was hidden from them."""
    asker, row = require_actor(), await posts_read.by_id(db(), post_id)
    if row is None or not (may_read(asker, row) or (await documents.letters(row)).wanted):
        raise NotFound(posts.NO_POST)
    async with db().transaction() as session:
        await letters.mute(session, post_id, asker.id or 0)


def _here() -> str:
    return site(resources().settings.site_url)
