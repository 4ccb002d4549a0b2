"""When posts appeared, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.posts import archive_queries
from blogapp.posts.archive_schemas import Archive, ArchivedMonth
from blogapp.posts.documents import POSTS
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer
from blogapp.web.keeping import keep
from blogapp.web.operations import Operation


@api.get("/archive")
@Operation("List the months with posts", POSTS, Archive)
async def archive() -> Response:
    """The posts of one are `GET /api/posts?month=2026-11`."""
    rows = await archive_queries.months(db())
    keep("posts")
    return answer(Archive(months=[ArchivedMonth(month=row.month, number=row.number) for row in rows]))
