"""Secret links in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.posts import service, sharing
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db
from blogapp.web.limits import limited


@main.post("/posts/<id:id>/link")
@signed_in
@limited("write")
async def share_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await sharing.share(session, require_actor(), await service.get(session, actor(), id))
    return redirect(f"{url_for('main.edit_post', id=id)}#sharing", 303)


@main.post("/posts/<id:id>/link/withdraw")
@signed_in
@limited("write")
async def withdraw_link(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await sharing.withdraw(session, require_actor(), await service.get(session, actor(), id))
    await flash("The secret link leads nowhere any more.", "success")
    return redirect(f"{url_for('main.edit_post', id=id)}#sharing", 303)
