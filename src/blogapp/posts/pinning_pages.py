"""Pinning in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.posts import pinning, service
from blogapp.web.addresses import post_url
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db
from blogapp.web.limits import limited


@main.post("/posts/<id:id>/pin")
@signed_in
@limited("write")
async def pin_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await service.get(session, actor(), id)
        await pinning.pin(session, require_actor(), post)
    await flash("The post stays on top of the home page.", "success")
    return redirect(post_url(post), 303)


@main.post("/posts/<id:id>/pin/remove")
@signed_in
@limited("write")
async def unpin_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await service.get(session, actor(), id)
        await pinning.unpin(session, require_actor(), post)
    await flash("The post has its place among the others again.", "success")
    return redirect(post_url(post), 303)
