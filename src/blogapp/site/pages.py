"""What readers see."""

from __future__ import annotations

from datetime import timedelta

from quart import request
from quart.typing import ResponseReturnValue

from blogapp.accounts import queries as accounts
from blogapp.errors import NotFound
from blogapp.posts import queries as posts
from blogapp.posts import series_queries, sharing
from blogapp.posts.documents import shows
from blogapp.posts.models import may_edit, may_read
from blogapp.web.addresses import author_url, moved, pages_of, post_url, shared_url, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, query
from blogapp.web.keeping import keep
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

EDITED_AFTER = timedelta(seconds=1)
"""The Flask application filled both times in one after the other."""

POSTS_A_PAGE = 10


@main.get("/")
async def index() -> ResponseReturnValue:
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await posts.newest(db(), asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep("home")
    return render("site/index.html", page=page, page_url=pages_of(url_for("main.index")))


@main.get("/posts/<id:id>")
@main.get("/posts/<id:id>/<slug>")
async def post(id: int, slug: str = "") -> ResponseReturnValue:
    """Also by its secret link, which nothing keeps and no other site is told of."""
    row = await posts.by_id(db(), id)
    key = query().get("key") if request.query_string else None
    is_shared = row is not None and sharing.opens(row, key)
    if row is None or not (is_shared or may_read(actor(), row)):
        raise NotFound("There is no such post. It may have been deleted.")
    if slug != row.slug:
        return moved(shared_url(row, str(key)) if is_shared else post_url(row))
    if not is_shared:
        keep(f"post:{id}", f"user:{row.user_id}", *shows(row))
    edited = row.updated_at - (row.published_at or row.updated_at) > EDITED_AFTER
    part = await series_queries.part(db(), row)
    return render("site/post.html", post=row, edited=edited, may_edit=may_edit(actor(), row.user_id), part=part)


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
    return render("site/author.html", author=found, page=page, page_url=pages_of(author_url(username)))
