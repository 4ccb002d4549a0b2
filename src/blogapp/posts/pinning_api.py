"""Pinning, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.posts import pinning, service
from blogapp.posts.documents import NO_POST, POSTS, read_whole
from blogapp.posts.schemas import PostWhole
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.limits import limited
from blogapp.web.operations import Access, Operation

ADMIN = Access("Administrators.")
FOREIGN = {**NO_POST, 403: pinning.NOT_YOURS}


@api.put("/posts/<id:post_id>/pin")
@Operation(
    "Pin a post", POSTS, PostWhole, access=ADMIN, refusals={**FOREIGN, 409: f"{pinning.NOT_LISTED} Or: {pinning.FULL}"}
)
@limited("write")
async def pin_post(post_id: int) -> Response:
    """It stays on top of the home page; the one that was pinned last is the first."""
    actor = require_actor()
    async with db().transaction() as session:
        await pinning.pin(session, actor, await service.get(session, actor, post_id))
    return await read_whole(post_id)


@api.delete("/posts/<id:post_id>/pin")
@Operation("Unpin a post", POSTS, PostWhole, access=ADMIN, refusals=FOREIGN)
@limited("write")
async def unpin_post(post_id: int) -> Response:
    """It has its place among the others again."""
    actor = require_actor()
    async with db().transaction() as session:
        await pinning.unpin(session, actor, await service.get(session, actor, post_id))
    return await read_whole(post_id)
