"""Notifications, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.community import noticing, queries
from blogapp.community.documents import COMMUNITY, shown_notice
from blogapp.community.schemas import Digest, NoticeList, Seen, Unseen
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of


@api.get("/notifications")
@Operation("List your notifications", COMMUNITY, NoticeList, access=ACCOUNT, paged=True)
async def list_notices() -> Response:
    """Newest first. Reading them does not make them seen. They are kept for 180 days."""
    user_id, asked = require_actor().id or 0, page_asked()
    rows, total = await queries.notices(db(), user_id, asked.offset, asked.size)
    page = page_of([shown_notice(row) for row in rows], total, asked)
    return answer(
        NoticeList(
            notifications=list(page.items),
            unseen=await queries.unseen(db(), user_id),
            total=total,
            pages=page.pages,
            current_page=page.number,
        )
    )


@api.post("/notifications/seen")
@Operation("Say what you have seen", COMMUNITY, Unseen, takes=Seen, access=ACCOUNT)
@limited("write")
async def see_notices() -> Response:
    """That one and all before it."""
    user_id = require_actor().id or 0
    asked = await body(Seen)
    async with db().transaction() as session:
        await noticing.see(session, user_id, asked.up_to)
    return answer(Unseen(unseen=await queries.unseen(db(), user_id)))


@api.get("/notifications/digest")
@Operation("Read whether a daily letter is sent", COMMUNITY, Digest, access=ACCOUNT)
async def read_digest() -> Response:
    return answer(Digest(daily=not await queries.is_muted(db(), require_actor().id or 0)))


@api.put("/notifications/digest")
@Operation("Choose whether a daily letter is sent", COMMUNITY, Digest, takes=Digest, access=ACCOUNT)
@limited("write")
async def turn_digest() -> Response:
    """Of what you have not seen by then, to your address once you have confirmed it."""
    user_id = require_actor().id or 0
    asked = await body(Digest)
    async with db().transaction() as session:
        await noticing.turn_digest(session, user_id, daily=asked.daily)
    return answer(asked)
