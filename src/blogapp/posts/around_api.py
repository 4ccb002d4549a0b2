"""What stands around a post, as JSON."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.errors import NotFound
from blogapp.posts import around_queries, service
from blogapp.posts.around_schemas import Around, PostBeside, PostRelated
from blogapp.posts.documents import NO_POST, POSTS
from blogapp.posts.models import may_read
from blogapp.web.addresses import post_address, post_url
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db
from blogapp.web.documents import answer
from blogapp.web.keeping import keep
from blogapp.web.operations import Access, Operation

READERS = Access("Whoever may read the post.", anonymous=True)


@api.get("/posts/<id:post_id>/around")
@Operation("Find what to read next", POSTS, Around, access=READERS, refusals=NO_POST)
async def around(post_id: int) -> Response:
    """What appeared before and after a post, and what is about the same."""
    row = await around_queries.by_id(db(), post_id)
    if row is None or not may_read(actor(), row):
        raise NotFound(service.NO_POST)
    related = await around_queries.related(db(), row)
    keep(f"post:{post_id}", *around_queries.shown(row, related))
    return answer(
        Around(
            older=_beside(row.older_id, row.older_title, row.older_slug),
            newer=_beside(row.newer_id, row.newer_title, row.newer_slug),
            related=[_related(one) for one in related],
        )
    )


def _beside(post_id: int | None, title: str, slug: str) -> PostBeside | None:
    return PostBeside(id=post_id, title=title, url=post_address(post_id, slug)) if post_id else None


def _related(row: Any) -> PostRelated:
    return PostRelated(id=row.id, title=row.title, url=post_url(row), author=row.author, published_at=row.published_at)
