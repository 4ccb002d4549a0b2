"""Tags, as administrators put them in order."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import BlogError, NotFound
from blogapp.posts import tag_queries, tagging
from blogapp.tags import service
from blogapp.tags.schemas import TagChange, TagMerge
from blogapp.web.addresses import pages_of, url_for
from blogapp.web.auth import require_admin
from blogapp.web.blueprints import admin
from blogapp.web.context import actor, db
from blogapp.web.forms import Form, read
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

TAGS_A_PAGE = 50


@admin.get("/tags")
async def tags() -> ResponseReturnValue:
    """Also those that no listed post has."""
    require_admin()
    asked = page_asked(TAGS_A_PAGE)
    rows, total = await tag_queries.every(db(), asked.offset, asked.size)
    page = page_of(rows, total, asked)
    shown = render("admin/tags.html", page=page, page_url=pages_of(url_for("admin.tags")))
    shown.headers["Cache-Control"] = "no-store"
    return shown


@admin.get("/tags/<slug>")
async def tag(slug: str) -> ResponseReturnValue:
    require_admin()
    found = await _found(slug)
    return await _page(found, Form(TagChange, {"name": found.name}), Form(TagMerge))


@admin.post("/tags/<slug>")
@limited("write")
async def rename_tag(slug: str) -> ResponseReturnValue:
    require_admin()
    form = await read(TagChange)
    try:
        if form.data is not None:
            async with db().transaction() as session:
                await tagging.rename(session, actor(), slug, form.data.name)
            await flash("The tag is renamed. Its old address leads to it.", "success")
            return redirect(url_for("admin.tags"), 303)
    except BlogError as error:
        form.refuse(error)
    return await _page(await _found(slug), form, Form(TagMerge), 422)


@admin.post("/tags/<slug>/merge")
@limited("write")
async def merge_tag(slug: str) -> ResponseReturnValue:
    require_admin()
    form = await read(TagMerge)
    found = await _found(slug)
    try:
        if form.data is not None:
            async with db().transaction() as session:
                await tagging.merge(session, actor(), slug, form.data.into)
            await flash(f"{found.name} is merged. Its old address leads to the other tag.", "success")
            return redirect(url_for("admin.tags"), 303)
    except BlogError as error:
        form.refuse(error)
    return await _page(found, Form(TagChange, {"name": found.name}), form, 422)


async def _found(slug: str) -> Any:
    row = await tag_queries.by_slug(db(), slug)
    if row is None or row.slug != slug:
        raise NotFound(service.NO_TAG)
    return row


async def _page(tag: Any, renaming: Form[TagChange], merging: Form[TagMerge], status: int = 200) -> ResponseReturnValue:
    count = await tag_queries.count_of(db(), tag.id)
    return render("admin/tag.html", status, tag=tag, count=count, renaming=renaming, merging=merging)
