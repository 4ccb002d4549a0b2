"""What both doors do around the acts on posts: find the row, make the HTML, put two changes together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import comparing
from blogapp.comparing import Piece
from blogapp.errors import NotFound, Stale
from blogapp.posts import copies, queries, revisions, service
from blogapp.posts.composing import Body, compose, look_up
from blogapp.posts.fields import LONGEST_CONTENT
from blogapp.posts.models import Format, Post, may_read
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import PostChange, PostEdit
from blogapp.web.addresses import mounted_at
from blogapp.web.auth import require_actor
from blogapp.web.context import actor, db, resources

TRIES = 5
"""Of a save that meets another one each time."""

Check = Callable[[AsyncSession, Post], Awaitable[None]]

NO_REVISION = "This post has no such revision."


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two changes of one text: `merged` is both of them, None where only people can decide."""

    merged: Text | None
    pieces: list[Piece]
    """What differs between the saved text and the other one."""


async def readable(post_id: int) -> Any:
    """Raises NotFound, also for what the asker may not read."""
    row = await queries.by_id(db(), post_id)
    if row is None or not may_read(actor(), row):
        raise NotFound(service.NO_POST)
    return row


async def editable(post_id: int) -> Any:
    """Raises Unauthenticated, NotFound, Forbidden."""
    asker, row = require_actor(), await readable(post_id)
    service.require_editor(asker, row)
    return row


async def written(content: str, format: Format) -> Body:
    known = await look_up(db(), content, root=mounted_at.get())
    return await compose(resources().rendering, content, format, known)


async def save(post_id: int, draft: PostEdit, left: frozenset[str] = frozenset()) -> tuple[Post, bool]:
    """The post, and whether somebody else's change went into it. What is `left` alone stays as it is.

    Raises Stale where both changed the same."""
    has_merged = False
    for _ in range(TRIES):
        row = await editable(post_id)
        if draft.version not in {None, row.version}:
            draft, has_merged = await _with_theirs(row, draft), True
        try:
            return await _store(row, draft, left), has_merged
        except Stale:
            continue
    raise Stale(service.CHANGED)


async def meeting(row: Any, base_version: int | None, mine: Text) -> Meeting:
    """The saved `row` and `mine`, which was made of `base_version`."""
    run = resources().rendering.run
    pieces = await run(comparing.difference, row.content, mine.content)
    base = await revisions.read(db(), row.id, base_version) if base_version is not None else None
    if base is None:
        return Meeting(None, pieces)
    title = _either(base.title, mine.title, row.title)
    content = await run(comparing.merge, base.content, mine.content, row.content)
    if title is None or content is None or len(content) > LONGEST_CONTENT:
        return Meeting(None, pieces)
    return Meeting(Text(row.version, title, content), pieces)


async def leading(row: Any, base_version: int | None, mine: Text) -> Text:
    """`mine`, with what the saved `row` changed elsewhere: only where both changed the same, it is left out."""
    base = await revisions.read(db(), row.id, base_version) if base_version is not None else None
    if base is None:
        return mine
    content = await resources().rendering.run(comparing.lead, base.content, mine.content, row.content)
    if len(content) > LONGEST_CONTENT:
        return mine
    return Text(0, _either(base.title, mine.title, row.title) or mine.title, content)


async def revision(post_id: int, number: int) -> Text:
    """Raises NotFound."""
    text = await revisions.read(db(), post_id, number)
    if text is None or text.number != number:
        raise NotFound(NO_REVISION)
    return text


async def restore(row: Any, number: int, check: Check) -> None:
    """Its text becomes the present one, which is a revision of its own. `check` may refuse: the post is as it holds it."""
    text = await revision(row.id, number)
    body = await written(text.content, row.format)
    async with db().transaction() as session:
        post = await service.get(session, require_actor(), row.id)
        await check(session, post)
        change = PostChange.model_construct(title=text.title, content=text.content)
        await service.edit(session, require_actor(), post, change, body)


async def _with_theirs(row: Any, draft: PostEdit) -> PostEdit:
    if (draft.title, draft.content) == (row.title, row.content):
        return draft.model_copy(update={"version": row.version})
    met = await meeting(row, draft.version, Text(0, draft.title, draft.content))
    if met.merged is None:
        raise Stale(service.CHANGED)
    merged = met.merged
    return draft.model_copy(update={"version": row.version, "title": merged.title, "content": merged.content})


async def _store(row: Any, draft: PostEdit, left: frozenset[str]) -> Post:
    body = await written(draft.content, row.format if "format" in left else draft.format or row.format)
    async with db().transaction() as session:
        post = await service.get(session, require_actor(), row.id)
        service.require_editor(require_actor(), post)
        service.require_unchanged(post, draft)
        await service.edit(session, require_actor(), post, _change(draft, left), body)
        await copies.settle(session, require_actor(), post)
    return post


def _change(draft: PostEdit, left: frozenset[str]) -> PostChange:
    """Checked already, and a time is no longer a text. A form that has no cover to choose leaves it as it is."""
    fields = set(PostChange.model_fields) - ({"cover"} - draft.model_fields_set) - left
    return PostChange.model_construct(**{name: value for name, value in draft if name in fields})


def _either(base: str, mine: str, theirs: str) -> str | None:
    """What was changed by one alone, or by both alike."""
    if mine in {base, theirs}:
        return theirs
    return mine if theirs == base else None
