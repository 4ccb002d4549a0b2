"""Feeds of what is said under one post, and under all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quart import Response

from blogapp.comments import queries
from blogapp.posts.editing import readable
from blogapp.site import feeds
from blogapp.site.feed_answers import ENDING, About, answer, site_name
from blogapp.site.feeds import Author, Entry
from blogapp.text import excerpt, visible
from blogapp.web.addresses import author_url, comment_address, origin, post_url, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.keeping import keep


@main.get(f"/comments{ENDING}")
async def comment_feed(kind: str) -> Response:
    rows = await queries.newest(db())
    keep("comments", "posts", "authors")
    title = f"Comments \u00b7 {site_name()}"
    about = About(title, url_for("main.newest_comments"), f"What is said on {site_name()}.")
    return answer(kind, _entries(rows), about)


@main.get(f"/posts/<id:id>/comments{ENDING}")
async def post_comment_feed(kind: str, id: int) -> Response:
    post = await readable(id)
    rows = await queries.newest_under(db(), id)
    keep(f"post:{id}", f"user:{post.user_id}", "authors")
    title = f"Comments on {post.title} \u00b7 {site_name()}"
    address = url_for("main.comments_of_post", id=id)
    return answer(kind, _entries(rows), About(title, address, f"What is said under {post.title}."))


def _entries(rows: Sequence[Any]) -> list[Entry]:
    here = origin(resources().settings.site_url)
    return [_entry(row, here) for row in rows]


def _entry(row: Any, here: str) -> Entry:
    address = here + comment_address(row.id)
    return Entry(
        id=address,
        url=address,
        title=visible(f"{row.name} on {row.title}"),
        html=feeds.absolute(visible(row.html), here, here + post_url(row)),
        summary=visible(excerpt(row.content)),
        authors=[Author(visible(row.name), here + author_url(row.author))],
        published=row.created_at,
        updated=row.edited_at or row.created_at,
        tags=[],
        picture=None,
    )
