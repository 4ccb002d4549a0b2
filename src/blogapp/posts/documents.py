"""Posts as JSON documents, and what their calls have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zlib import crc32

from quart import Response, request
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import bylines, covers
from blogapp.errors import Stale
from blogapp.labels import unpack
from blogapp.outline import minutes
from blogapp.posts import editing, series_queries, service
from blogapp.posts.models import TRASH_KEPT, Post
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import Met, PieceOut, PostChange, PostInTrash
from blogapp.posts.series_schemas import SeriesPart
from blogapp.text import prose
from blogapp.web.addresses import mounted_at, post_url
from blogapp.web.context import db
from blogapp.web.documents import entity
from blogapp.web.keeping import keep
from blogapp.web.operations import Access, Tag
from blogapp.web.problems import Problem

POSTS = Tag("Posts", "What people have written.")
OWNER = Access("Its authors and administrators.")
NO_POST = {404: service.NO_POST}


class StaleProblem(Problem):
    """Somebody changed the post before you."""

    met: Met


async def read_whole(post_id: int, status: int = 200) -> Response:
    row = await editing.readable(post_id)
    part = await series_queries.part(db(), row)
    keep(f"post:{post_id}", f"user:{row.user_id}", more=lambda: shows(row))
    return entity(_whole(row, part), tag(row, row.author, part), status)


def shows(row: Any) -> Iterator[str]:
    """For `keep`: it is made anew when a tag of it is renamed, and when its series changes."""
    yield from (f"named:{label.id}" for label in unpack(row.tags))
    yield from (f"user:{writer_id}" for writer_id in bylines.ids(row.coauthors))
    if row.series_id is not None:
        yield f"series:{row.series_id}"


def thrown_away(row: Any) -> PostInTrash:
    gone_at = row.trashed_at + TRASH_KEPT
    return PostInTrash(id=row.id, title=row.title, state=row.state, deleted_at=row.trashed_at, gone_at=gone_at)


def tag(post: Any, author: str, part: Any) -> str:
    """What it shows of its authors, its tags and its series is a part of the document, so it is a part of its tag."""
    beside = [post.tags or "", post.coauthors or "", *(["pinned"] if post.pinned_at else [])]
    if part:
        beside += [part.id, part.title, part.slug, part.position]
    ending = f"-{crc32(repr(beside).encode()):x}" if post.tags or post.coauthors or post.pinned_at or part else ""
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


def _whole(row: Any, part: Any) -> dict[str, Any]:
    """As PostWhole says."""
    document = shown(row)
    place = SeriesPart(id=part.id, title=part.title, slug=part.slug, position=part.position) if part else None
    document["series"] = place
    document["pinned"] = row.pinned_at is not None
    document["reading_minutes"] = minutes(row.content)
    document["html"] = row.html if row.html is not None else prose(row.content)
    return document


def shown(row: Any) -> dict[str, Any]:
    """As PostOut says. Making one of each row would take as long as reading them; the tests hold every answer against it."""
    return {
        "id": row.id,
        "title": row.title,
        "content": row.content,
        "author": row.author,
        "author_id": row.user_id,
        "authors": bylines.names(row.author, row.coauthors),
        "format": row.format,
        "state": row.state,
        "tags": [label.name for label in unpack(row.tags)] if row.tags else [],
        "cover": shown_cover(cover) if (cover := covers.unpack(row.cover)) else None,
        "slug": row.slug,
        "url": post_url(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
    }


def shown_cover(cover: covers.Cover) -> dict[str, Any]:
    """As CoverOut says."""
    root = mounted_at.get()
    return {
        "url": root + cover.address,
        "srcset": cover.srcset(root),
        "width": cover.width,
        "height": cover.height,
        "alt": cover.alt,
        "caption": cover.caption,
    }
