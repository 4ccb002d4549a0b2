"""What readers see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from quart import request
from quart.typing import ResponseReturnValue

from blogapp.accounts import queries as accounts
from blogapp.accounts.models import links_of
from blogapp.comments import pages as comments
from blogapp.community import documents as community
from blogapp.errors import NotFound
from blogapp.outline import SHORTEST_LISTED, headings, minutes
from blogapp.posts import around_queries, series_queries, sharing
from blogapp.posts import queries as posts
from blogapp.posts.documents import shows
from blogapp.posts.models import PUBLISHED, may_edit, may_read
from blogapp.site import sharing_marks
from blogapp.text import excerpt
from blogapp.web.addresses import author_url, moved, pages_of, post_url, shared_url, site, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, heard, query, resources
from blogapp.web.keeping import keep
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import made_after, render

EDITED_AFTER = timedelta(minutes=1)
"""A slip that was put right at once is nobody's news."""

POSTS_A_PAGE = 10


@main.get("/")
async def index() -> ResponseReturnValue:
    asked, since = page_asked(POSTS_A_PAGE), heard()
    if asked.number == 1:
        rows, total = await posts.front(db(), asked.size)
    else:
        rows, total = await posts.newest(db(), asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep("home")
    made = render("site/index.html", page=page, page_url=pages_of(url_for("main.index")))
    return made_after(since, made)


@main.get("/posts/<id:id>")
@main.get("/posts/<id:id>/<slug>")
async def post(id: int, slug: str = "") -> ResponseReturnValue:
    """Also by its secret link, which nothing keeps and no other site is told of."""
    since = heard()
    row = await around_queries.by_id(db(), id)
    key = query().get("key") if request.query_string else None
    is_shared = row is not None and sharing.opens(row, key)
    if row is None or not (is_shared or may_read(actor(), row)):
        raise NotFound("There is no such post. It may have been deleted.")
    if slug != row.slug:
        return moved(shared_url(row, str(key)) if is_shared else post_url(row))
    related = await around_queries.related(db(), row) if row.tags else ()
    if not is_shared:
        keep(f"post:{id}", f"user:{row.user_id}", more=partial(_shows, row, related))
    made = render(
        "site/post.html",
        post=row,
        edited=row.updated_at - (row.published_at or row.updated_at) > EDITED_AFTER,
        may_edit=may_edit(actor(), row),
        part=await series_queries.part(db(), row),
        related=related,
        reader=await community.of_reader(row),
        marks=_marks(row),
        **_outline(row),
        **await comments.below(row, is_asked=bool(request.query_string) and not is_shared),
    )
    return made_after(since, made)


@main.get("/users/<path:username>")
async def author(username: str) -> ResponseReturnValue:
    """Names taken over from a Flask database may hold a slash."""
    found = await accounts.by_username(db(), username)
    if found is None:
        raise NotFound("There is nobody of that name here.")
    if found.username != username:
        return moved(author_url(found.username))
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await posts.newest_of(db(), found.id, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep(f"user:{found.id}", "lists")
    return render(
        "site/author.html",
        author=found,
        links=links_of(found.profile_links),
        page=page,
        page_url=pages_of(author_url(username)),
        follows=await community.follows_author(found.id),
    )


def _shows(row: Any, related: Sequence[Any]) -> Iterator[str]:
    yield from shows(row)
    yield from around_queries.shown(row, related)
    if row.comments_count:
        yield "authors"


def _marks(row: Any) -> str:
    """Nothing of what is not for everybody is told to those who show links."""
    if row.state != PUBLISHED:
        return ""
    settings = resources().settings
    return sharing_marks.marks(row, site(settings.site_url), settings.site_name, excerpt(row.excerpt or row.content))


def _outline(row: Any) -> dict[str, Any]:
    time = minutes(row.content)
    return {"minutes": time, "headings": headings(row.html) if row.html and time >= SHORTEST_LISTED else ()}
