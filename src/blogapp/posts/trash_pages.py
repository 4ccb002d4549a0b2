"""The trash in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.posts import queries, trash
from blogapp.posts.models import TRASH_KEPT
from blogapp.web.addresses import pages_of, post_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

POSTS_A_PAGE = 20


@main.get("/dashboard/trash")
@signed_in
async def trash_page() -> ResponseReturnValue:
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await queries.thrown_away(db(), require_actor().id or 0, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    return render("posts/trash.html", page=page, page_url=pages_of(url_for("main.trash_page")), kept=TRASH_KEPT)


@main.post("/dashboard/trash/<id:id>/restore")
@signed_in
@limited("write")
async def restore_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await trash.restore(session, require_actor(), id)
    await flash("The post is back, as it was.", "success")
    return redirect(post_url(post), 303)


@main.post("/dashboard/trash/<id:id>/erase")
@signed_in
@limited("write")
async def erase_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await trash.erase(session, require_actor(), id)
    await flash("The post is gone for good.", "info")
    return redirect(url_for("main.trash_page"), 303)
