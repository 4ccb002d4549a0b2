"""The library of pictures in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import BlogError, Conflict, Invalid, StorageFull, UnsupportedMediaType
from blogapp.media import pictures, queries, receiving, service
from blogapp.media.documents import shown
from blogapp.media.models import LONGEST_ALT
from blogapp.media.schemas import MediaUpload, MediaWords
from blogapp.web.addresses import pages_of, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.forms import Form, read
from blogapp.web.limits import limited
from blogapp.web.paging import Slice, page_asked, page_of
from blogapp.web.rendering import render
from blogapp.web.uploads import received

PICTURES_A_PAGE = 24
ACCEPTED = ",".join(sorted({*pictures.TYPES.values(), "image/gif"}))


@main.get("/dashboard/media")
@signed_in
async def media_page() -> ResponseReturnValue:
    return await _page(page_asked(PICTURES_A_PAGE))


@main.post("/dashboard/media")
@signed_in
@limited("upload")
async def send_media() -> ResponseReturnValue:
    try:
        await receiving.keep_sent()
    except (Invalid, StorageFull, UnsupportedMediaType) as error:
        return await _page(Slice(1, PICTURES_A_PAGE), error.status, error)
    await flash("The picture is in your library.", "success")
    return redirect(url_for("main.media_page"), 303)


@main.post("/dashboard/media/<id:id>")
@signed_in
@limited("write")
async def describe_media(id: int) -> ResponseReturnValue:
    form = await read(MediaWords)
    if form.data is None:
        await flash(form.errors["alt"][0], "error")
    else:
        async with db().transaction() as session:
            await service.describe(session, require_actor(), id, form.data.alt)
        await flash("The description is saved.", "success")
    return redirect(f"{url_for('main.media_page')}#picture-{id}", 303)


@main.post("/dashboard/media/<id:id>/delete")
@signed_in
@limited("write")
async def delete_media(id: int) -> ResponseReturnValue:
    try:
        async with db().transaction() as session:
            await service.remove(session, require_actor(), id)
    except Conflict as error:
        await flash(error.detail, "error")
    else:
        await flash("The picture is deleted.", "info")
    return redirect(url_for("main.media_page"), 303)


async def _page(asked: Slice, status: int = 200, refused: BlogError | None = None) -> ResponseReturnValue:
    """What was typed beside a picture that is refused is not to be typed again."""
    upload = received()
    form = Form(MediaUpload, dict(upload.fields) if upload else {})
    if refused is not None:
        form.refuse(refused)
    rows, total = await queries.of_user(db(), require_actor().id or 0, asked.offset, asked.size)
    page = page_of(await shown(rows), total, asked)
    return render(
        "media/library.html",
        status,
        page=page,
        page_url=pages_of(url_for("main.media_page")),
        form=form,
        accepted=ACCEPTED,
        longest=LONGEST_ALT,
        largest=resources().settings.media_max_bytes // 1024**2,
    )
