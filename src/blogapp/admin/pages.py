"""What administrators see."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.infra import outbox
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_admin
from blogapp.web.blueprints import admin
from blogapp.web.context import db
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render


@admin.get("")
async def overview() -> ResponseReturnValue:
    """Tasks are all there is to look after."""
    require_admin()
    return redirect(url_for("admin.tasks"))


@admin.get("/tasks")
async def tasks() -> ResponseReturnValue:
    """Tasks that are not done yet: dead ones first."""
    require_admin()
    asked = page_asked()
    rows, total = await outbox.undone(db(), asked.offset, asked.size)
    page = render("admin/tasks.html", page=page_of(rows, total, asked))
    page.headers["Cache-Control"] = "no-store"
    return page


@admin.post("/tasks/<id:id>/retry")
@limited("write")
async def retry_task(id: int) -> ResponseReturnValue:
    require_admin()
    async with db().transaction() as session:
        await outbox.retry(session, id)
    await flash("The task is done again now.", "success")
    return redirect(url_for("admin.tasks"), 303)


@admin.post("/tasks/<id:id>/drop")
@limited("write")
async def drop_task(id: int) -> ResponseReturnValue:
    require_admin()
    async with db().transaction() as session:
        await outbox.drop(session, id)
    await flash("The task is dropped.", "success")
    return redirect(url_for("admin.tasks"), 303)
