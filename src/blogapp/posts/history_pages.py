"""What a post was before, in the browser: for those who may edit it."""

from __future__ import annotations

from functools import partial

from quart import flash, redirect
from quart.typing import ResponseReturnValue
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.comparing import difference
from blogapp.errors import Stale
from blogapp.posts import revisions
from blogapp.posts.editing import editable, restore, revision
from blogapp.posts.models import Post
from blogapp.posts.schemas import Seen
from blogapp.web.addresses import pages_of, post_url, url_for
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.forms import read
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

REVISIONS_A_PAGE = 30
CHANGED = "This post was changed meanwhile. Look at what differs now before you take the earlier text back."


@main.get("/posts/<id:id>/revisions")
@signed_in
async def post_revisions(id: int) -> ResponseReturnValue:
    post = await editable(id)
    asked = page_asked(REVISIONS_A_PAGE)
    rows, total = await revisions.listed(db(), id, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    return render(
        "posts/revisions.html", post=post, page=page, page_url=pages_of(url_for("main.post_revisions", id=id))
    )


@main.get("/posts/<id:id>/revisions/<id:number>")
@signed_in
async def post_revision(id: int, number: int) -> ResponseReturnValue:
    post = await editable(id)
    text = await revision(id, number)
    pieces = await resources().rendering.run(difference, text.content, post.content)
    return render("posts/revision.html", post=post, revision=text, pieces=pieces)


@main.post("/posts/<id:id>/revisions/<id:number>/restore")
@signed_in
@limited("write")
async def restore_revision(id: int, number: int) -> ResponseReturnValue:
    post, form = await editable(id), await read(Seen)
    seen = form.data.version if form.data else None
    try:
        await restore(post, number, partial(_require_version, seen))
    except Stale as error:
        await flash(error.detail, "error")
        return redirect(url_for("main.post_revision", id=id, number=number), 303)
    await flash("The earlier text is back. What was there until now is a revision, too.", "success")
    return redirect(post_url(post), 303)


async def _require_version(seen: int | None, _: AsyncSession, post: Post) -> None:
    """Raises Stale when it is no longer the one whose difference was shown."""
    if seen not in {None, post.version}:
        raise Stale(CHANGED)
