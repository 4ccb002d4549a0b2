"""Posts as JSON documents, and what their calls have in common."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from quart import Response, request

from blogapp.errors import Stale
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
    keep(f"post:{post_id}", f"user:{row.user_id}")
    return entity(_whole(row), tag(row.id, row.version, row.author), status)


def shown(row: Any) -> PostOut:
    return PostOut(**_fields(row))


def thrown_away(row: Any) -> PostInTrash:
    gone_at = row.trashed_at + TRASH_KEPT
    return PostInTrash(id=row.id, title=row.title, state=row.state, deleted_at=row.trashed_at, gone_at=gone_at)


def tag(post_id: int, version: int, author: str) -> str:
    """The author's name is part of the document, so it is part of its tag."""
    return f"post-{post_id}-{version}-{quote(author)}"


async def met(error: Stale, post_id: int, asked: PostChange) -> Stale:
    """The refusal of a change that another one came before, with what its client needs to put both together."""
    row = await editing.editable(post_id)
    mine = Text(0, asked.title or row.title, asked.content if asked.content is not None else row.content)
    found = await editing.meeting(row, _version_named(post_id), mine)
    present = Met(
        version=row.version,
        etag=f'"{tag(row.id, row.version, row.author)}"',
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
        "slug": row.slug,
        "url": post_url(row),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
    }
