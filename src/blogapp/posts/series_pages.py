"""Series in the browser."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import BadRequest, Forbidden
from blogapp.posts import arranging, series_queries
from blogapp.posts import series as acts
from blogapp.posts.models import owns
from blogapp.posts.series_documents import found
from blogapp.posts.series_schemas import SeriesChange, SeriesDraft, SeriesMove
from blogapp.web.addresses import pages_of, series_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db
from blogapp.web.forms import Form, read
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

SERIES_A_PAGE = 20


@main.get("/series")
async def all_series() -> ResponseReturnValue:
    """Those with a listed post; one's own are on a page of one's own."""
    asked = page_asked(SERIES_A_PAGE)
    rows, total = await series_queries.listed(db(), 0, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep("series", "authors")
    return render("series/all.html", page=page, page_url=pages_of(url_for("main.all_series")))


@main.get("/series/<slug>")
async def series(slug: str) -> ResponseReturnValue:
    row, posts = await found(await series_queries.by_slug(db(), slug))
    keep(f"series:{row.id}", "authors")
    return render("series/series.html", series=row, posts=posts, may_edit=owns(actor(), row.user_id))


@main.get("/dashboard/series")
@signed_in
async def own_series() -> ResponseReturnValue:
    return await _own_page(Form(SeriesDraft))


@main.post("/dashboard/series")
@signed_in
@limited("write")
async def make_series() -> ResponseReturnValue:
    form = await read(SeriesDraft)
    if form.data is None:
        return await _own_page(form, 422)
    async with db().transaction() as session:
        series_id = await acts.make(session, require_actor(), form.data)
    await flash("The series is there. Put posts into it where you write them.", "success")
    return redirect(url_for("main.edit_series", id=series_id), 303)


@main.get("/series/<id:id>/edit")
@signed_in
async def edit_series(id: int) -> ResponseReturnValue:
    row, posts = await _own(id)
    form = Form(SeriesDraft, {"title": row.title, "description": row.description})
    return render("series/edit.html", series=row, posts=posts, form=form)


@main.post("/series/<id:id>/edit")
@signed_in
@limited("write")
async def save_series(id: int) -> ResponseReturnValue:
    form = await read(SeriesDraft)
    row, posts = await _own(id)
    if form.data is None:
        return render("series/edit.html", 422, series=row, posts=posts, form=form)
    change = SeriesChange(title=form.data.title, description=form.data.description)
    async with db().transaction() as session:
        await acts.change(session, require_actor(), id, change)
    await flash("Your changes are saved.", "success")
    return redirect(series_url(row.slug), 303)


@main.post("/series/<id:id>/move")
@signed_in
@limited("write")
async def move_post(id: int) -> ResponseReturnValue:
    form = await read(SeriesMove)
    if form.data is None:
        raise BadRequest("The form does not say what to move, and where to.")
    async with db().transaction() as session:
        await arranging.move(session, require_actor(), id, form.data)
    return redirect(f"{url_for('main.edit_series', id=id)}#posts", 303)


@main.post("/series/<id:id>/delete")
@signed_in
@limited("write")
async def remove_series(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await acts.remove(session, require_actor(), id)
    await flash("The series is deleted. Its posts are still there.", "info")
    return redirect(url_for("main.own_series"), 303)


async def _own(id: int) -> Any:
    """Raises NotFound, Forbidden."""
    row, posts = await found(await series_queries.by_id(db(), id))
    if not owns(actor(), row.user_id):
        raise Forbidden(acts.NOT_YOURS)
    return row, posts


async def _own_page(form: Form[SeriesDraft], status: int = 200) -> ResponseReturnValue:
    rows = await series_queries.own(db(), require_actor().id or 0)
    return render("series/own.html", status, rows=rows, form=form)
