"""Posts as JSON documents, and what their calls have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zlib import crc32

from quart import Response, request
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.errors import Stale
from blogapp.labels import unpack
from blogapp.posts import editing, series_queries, service
from blogapp.posts.models import TRASH_KEPT, Post
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import Met, PieceOut, PostChange, PostInTrash, PostOut, PostWhole
from blogapp.posts.series_schemas import SeriesPart
from blogapp.text import prose
from blogapp.web.addresses import post_url
from blogapp.web.context import db
from blogapp.web.documents import entity
from blogapp.web.keeping import keep
from blogapp.web.operations import Access, Tag
from blogapp.web.problems import Problem

POSTS = Tag("Posts", "What people have written.")
OWNER = Access("Its author and administrators.")
NO_POST = {404: service.NO_POST}


class StaleProblem(Problem):
    """Somebody changed the post before you."""

    met: Met


async def read_whole(post_id: int, status: int = 200) -> Response:
    row = await editing.readable(post_id)
    part = await series_queries.part(db(), row)
    keep(f"post:{post_id}", f"user:{row.user_id}", *shows(row))
    return entity(_whole(row, part), tag(row, row.author, part), status)


def shown(row: Any) -> PostOut:
    return PostOut(**_fields(row))


def shows(row: Any) -> Iterator[str]:
    """For `keep`: it is made anew when a tag of it is renamed, and when its series changes."""
    yield from (f"named:{label.id}" for label in unpack(row.tags))
    if row.series_id is not None:
        yield f"series:{row.series_id}"


def thrown_away(row: Any) -> PostInTrash:
    gone_at = row.trashed_at + TRASH_KEPT
    return PostInTrash(id=row.id, title=row.title, state=row.state, deleted_at=row.trashed_at, gone_at=gone_at)


def tag(post: Any, author: str, part: Any) -> str:
    """What it shows of its author, its tags and its series is a part of the document, so it is a part of its tag."""
    beside = [post.tags or "", *((part.id, part.title, part.slug, part.position) if part else ())]
    ending = f"-{crc32(repr(beside).encode()):x}" if post.tags or part else ""
    return f"post-{post.id}-{post.version}-{quote(author)}{ending}"


async def held_tag(session: AsyncSession, post: Post) -> str:
    """The same, inside the transaction that has the post."""
    return tag(post, await service.author_of(session, post), await series_queries.part_held(session, post))


async def met(error: Stale, post_id: int, asked: PostChange) -> Stale:
    """The refusal of a change that another one came before, with what its client needs to put both together."""
    row = await editing.editable(post_id)
    mine = Text(0, asked.title or row.title, asked.content if asked.content is not None else row.content)
    found = await editing.meeting(row, _version_named(post_id), mine)
    present = Met(
        version=row.version,
        etag=f'"{tag(row, row.author, await series_queries.part(db(), row))}"',
        title=row.title,
        content=row.content,
        merged=found.merged.content if found.merged else None,
        difference=[PieceOut(kind=piece.kind, text=piece.text) for piece in found.pieces],
    )
    error.members = {"met": present.model_dump()}
    return error


def _version_named(post_id: int) -> int | None:
    """The version that the change was made of, where If-Match names one."""
    named = re.search(rf'"post-{post_id}-([0-9]{{1,9}})-', request.headers.get("If-Match", ""))
    return int(named[1]) if named else None


def _whole(row: Any, part: Any) -> PostWhole:
    place = SeriesPart(id=part.id, title=part.title, slug=part.slug, position=part.position) if part else None
    return PostWhole(**_fields(row), series=place, html=row.html if row.html is not None else prose(row.content))


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "content": row.content,
        "author": row.author,
        "author_id": row.user_id,
        "format": row.format,
        "state": row.state,
        "tags": [label.name for label in unpack(row.tags)] if row.tags else [],
        "slug": row.slug,
        "url": post_url(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
    }
