"""Posts as JSON documents, and what their calls have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from zlib import crc32

from quart import Response, request

from blogapp.errors import Stale
from blogapp.labels import unpack
from blogapp.posts import editing, service
from blogapp.posts.models import TRASH_KEPT
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import Met, PieceOut, PostChange, PostInTrash, PostOut, PostWhole
from blogapp.text import prose
from blogapp.web.addresses import post_url
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
    keep(f"post:{post_id}", f"user:{row.user_id}", *named(row))
    return entity(_whole(row), tag(row, row.author), status)


def shown(row: Any) -> PostOut:
    return PostOut(**_fields(row))


def named(row: Any) -> Iterator[str]:
    """For `keep`: what is made anew when a tag that it shows is renamed."""
    return (f"named:{label.id}" for label in unpack(row.tags))


def thrown_away(row: Any) -> PostInTrash:
    gone_at = row.trashed_at + TRASH_KEPT
    return PostInTrash(id=row.id, title=row.title, state=row.state, deleted_at=row.trashed_at, gone_at=gone_at)


def tag(post: Any, author: str) -> str:
    """The names of its author and its tags are parts of the document, so they are parts of its tag."""
    labels = f"-{crc32(post.tags.encode()):x}" if post.tags else ""
    return f"post-{post.id}-{post.version}-{quote(author)}{labels}"


async def met(error: Stale, post_id: int, asked: PostChange) -> Stale:
    """The refusal of a change that another one came before, with what its client needs to put both together."""
    row = await editing.editable(post_id)
    mine = Text(0, asked.title or row.title, asked.content if asked.content is not None else row.content)
    found = await editing.meeting(row, _version_named(post_id), mine)
    present = Met(
        version=row.version,
        etag=f'"{tag(row, row.author)}"',
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


def _whole(row: Any) -> PostWhole:
    return PostWhole(**_fields(row), html=row.html if row.html is not None else prose(row.content))


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "content": row.content,
        "author": row.author,
        "author_id": row.user_id,
        "format": row.format,
        "state": row.state,
        "tags": [label.name for label in unpack(row.tags)],
        "slug": row.slug,
        "url": post_url(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
    }
