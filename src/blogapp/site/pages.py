"""What readers see, and each author's own list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quart import redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import queries as accounts
from blogapp.errors import NotFound
from blogapp.infra.reads import AnyRow
from blogapp.posts import queries as posts
from blogapp.posts.models import may_edit
from blogapp.web.addresses import author_url, post_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db
from blogapp.web.keeping import keep
from blogapp.web.paging import Page, page_asked, page_of
from blogapp.web.rendering import render

EDITED_AFTER = timedelta(seconds=1)
"""The Flask application filled both times in one after the other."""

POSTS_A_PAGE = 10
POSTS_ON_THE_DASHBOARD = 20


@main.get("/")
async def index() -> ResponseReturnValue:
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await posts.newest(db(), asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep("home")
    return render("site/index.html", page=page, page_url=_pages_of(url_for("main.index")))


@main.get("/dashboard")
@signed_in
async def dashboard() -> ResponseReturnValue:
    page = await _page_of_author(require_actor().id or 0, POSTS_ON_THE_DASHBOARD)
    return render("site/dashboard.html", page=page, page_url=_pages_of(url_for("main.dashboard")))


@main.get("/posts/<id:id>")
@main.get("/posts/<id:id>/<slug>")
async def post(id: int, slug: str = "") -> ResponseReturnValue:
    row = await posts.by_id(db(), id)
    if row is None:
        raise NotFound("There is no such post. It may have been deleted.")
    if slug != row.slug:
        return _moved(post_url(row))
    keep(f"post:{id}", f"user:{row.user_id}")
    edited = row.updated_at - row.created_at > EDITED_AFTER
    return render("site/post.html", post=row, edited=edited, may_edit=may_edit(actor(), row.user_id))


@main.get("/users/<path:username>")
async def author(username: str) -> ResponseReturnValue:
    """Names taken over from a Flask database may hold a slash."""
    found = await accounts.by_username(db(), username)
    if found is None:
        raise NotFound("There is nobody of that name here.")
    if found.username != username:
        return _moved(author_url(found.username))
    page = await _page_of_author(found.id, POSTS_A_PAGE)
    keep(f"user:{found.id}")
    return render("site/author.html", author=found, page=page, page_url=_pages_of(author_url(username)))


async def _page_of_author(user_id: int, size: int) -> Page[AnyRow]:
    asked = page_asked(size)
    rows, total = await posts.newest_of(db(), user_id, asked.offset, asked.size)
    return page_of(rows, total, asked)


def _pages_of(address: str) -> Any:
    return lambda number: f"{address}?page={number}" if number > 1 else address


def _moved(address: str) -> ResponseReturnValue:
    """Browsers would keep a bare 301 for ever, and go round in a circle when a post gets an old title back."""
    response = redirect(address, 301)
    response.headers["Cache-Control"] = "no-cache"
    return response
