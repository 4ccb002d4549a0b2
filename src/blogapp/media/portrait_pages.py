"""The picture of one's profile, in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import profile_pages, service
from blogapp.errors import Invalid, StorageFull, UnsupportedMediaType
from blogapp.media import receiving
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import settings
from blogapp.web.context import db
from blogapp.web.limits import limited


@settings.post("/profile/picture")
@signed_in
@limited("upload")
async def send_portrait() -> ResponseReturnValue:
    try:
        picture = await receiving.keep_square()
    except (Invalid, StorageFull, UnsupportedMediaType) as error:
        return await profile_pages.page(error.status, wrong=error.detail)
    return await _portray(picture.name, "That is your picture now.")


@settings.post("/profile/picture/remove")
@signed_in
@limited("write")
async def remove_portrait() -> ResponseReturnValue:
    return await _portray(None, "Your picture is taken away.")


async def _portray(picture: str | None, done: str) -> ResponseReturnValue:
    actor = require_actor()
    async with db().transaction() as session:
        await service.portray(session, actor, await service.get(session, actor.id or 0), picture)
    await flash(done, "success")
    return redirect(url_for("settings.profile"), 303)
