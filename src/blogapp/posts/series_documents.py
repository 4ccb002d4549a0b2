"""Series as JSON documents, and who finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blogapp.errors import NotFound
from blogapp.posts import series, series_queries
from blogapp.posts.models import owns
from blogapp.posts.series_schemas import PostOfSeries, SeriesOut, SeriesWhole
from blogapp.web.addresses import post_url, series_url
from blogapp.web.context import actor, db

Found = tuple[Any, Sequence[Any]]


async def found(row: Any) -> Found:
    """A series, and its posts that the asker may see. Raises NotFound for none, and for another's that shows none."""
    is_own = row is not None and owns(actor(), row.user_id)
    if row is None or not (row.number or is_own):
        raise NotFound(series.NO_SERIES)
    return row, await series_queries.posts_of(db(), row.id, with_hidden=is_own)


async def whole(series_id: int) -> SeriesWhole:
    """Raises NotFound."""
    row, posts = await found(await series_queries.by_id(db(), series_id))
    parts = [PostOfSeries(id=post.id, title=post.title, state=post.state, url=post_url(post)) for post in posts]
    return SeriesWhole(**_fields(row), posts=parts)


def shown(row: Any) -> SeriesOut:
    return SeriesOut(**_fields(row))


def _fields(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "slug": row.slug,
        "description": row.description,
        "author": row.author,
        "author_id": row.user_id,
        "count": row.number,
        "url": series_url(row.slug),
        "created_at": row.created_at,
    }
