"""Notifications in the browser, and where the link in a daily letter leads."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.community import documents, noticing, queries
from blogapp.community.schemas import Seen
from blogapp.errors import Invalid
from blogapp.infra import signatures
from blogapp.web.addresses import pages_of, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import admin, main, settings
from blogapp.web.context import db, resources
from blogapp.web.forms import read
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

NOTICES_A_PAGE = 30

for door in (main, settings, admin):
    door.before_request(documents.count_unseen)


@main.get("/notifications")
@signed_in
async def notifications() -> ResponseReturnValue:
    """What is new is marked; it stays so until the reader says that it is seen."""
    user_id, asked = require_actor().id or 0, page_asked(NOTICES_A_PAGE)
    rows, total = await queries.notices(db(), user_id, asked.offset, asked.size)
    return render(
        "community/notifications.html",
        page=page_of(rows, total, asked),
        page_url=pages_of(url_for("main.notifications")),
        notice_url=documents.notice_url,
        said=documents.said,
        daily=not await queries.is_muted(db(), user_id),
        has_mail=resources().mail is not None,
    )


@main.post("/notifications/seen")
@signed_in
@limited("write")
async def see_notifications() -> ResponseReturnValue:
    form = await read(Seen)
    if form.data is None:
        raise Invalid("Say up to which notification you have seen them.")
    async with db().transaction() as session:
        await noticing.see(session, require_actor().id or 0, form.data.up_to)
    return redirect(url_for("main.notifications"), 303)


@main.post("/notifications/digest")
@signed_in
@limited("write")
async def start_digest() -> ResponseReturnValue:
    async with db().transaction() as session:
        await noticing.turn_digest(session, require_actor().id or 0, daily=True)
    await flash("You get a letter a day from now on, when there is something new.", "success")
    return redirect(url_for("main.notifications"), 303)


@main.post("/notifications/digest/remove")
@signed_in
@limited("write")
async def stop_digest() -> ResponseReturnValue:
    async with db().transaction() as session:
        await noticing.turn_digest(session, require_actor().id or 0, daily=False)
    await flash("You get no more daily letters.", "info")
    return redirect(url_for("main.notifications"), 303)


@main.get("/letters/daily/<signed>")
async def daily_letters(signed: str) -> ResponseReturnValue:
    """Where the link in a letter leads; mail programs send it to the address below without asking."""
    signatures.read(resources().settings, noticing.DAILY, signed)
    return render("community/letters.html", is_done=False)


@main.post("/letters/daily/<signed>")
@limited("write")
async def end_daily_letters(signed: str) -> ResponseReturnValue:
    """RFC 8058: one click, without signing in."""
    user_id = signatures.read(resources().settings, noticing.DAILY, signed)
    async with db().transaction() as session:
        await noticing.turn_digest(session, user_id, daily=False)
    return render("community/letters.html", is_done=True)
