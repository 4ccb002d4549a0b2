"""What waits to be looked at, for authors and administrators."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.comments import queries, saying
from blogapp.comments.models import HIDDEN, SHOWN
from blogapp.comments.schemas import ALL_WAITING, Waiting
from blogapp.errors import NotFound
from blogapp.posts.editing import readable
from blogapp.web.addresses import comment_address, post_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, query
from blogapp.web.forms import fields
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

COMMENTS_A_PAGE = 20
PREFIX = "comment-"
"""Of the names of boxes that are ticked."""
DONE = {"approve": "shown", "hide": "hidden", "delete": "deleted"}


@main.get("/dashboard/comments")
@signed_in
async def waiting_comments() -> ResponseReturnValue:
    moderator, asked = require_actor(), page_asked(COMMENTS_A_PAGE)
    kind = _kind(query().get("state", ""))
    rows, total = await queries.to_moderate(db(), moderator, kind, asked.offset, asked.size)
    reasons = await queries.reasons(db(), [row.id for row in rows])
    page = page_of(rows, total, asked)
    return render(
        "comments/waiting.html",
        kind=kind,
        page=page,
        page_url=lambda number: _address(kind, number),
        kind_url=_address,
        reasons=reasons,
    )


@main.post("/dashboard/comments")
@signed_in
@limited("write")
async def decide_comments() -> ResponseReturnValue:
    """The same for all that are ticked; what somebody else has decided meanwhile is passed over."""
    given = await fields()
    kind, act = _kind(given.get("state", "")), given.get("act", "")
    ticked = [name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX)]
    ids = [int(number) for number in ticked[:COMMENTS_A_PAGE] if number.isdecimal() and len(number) < 10]
    if not ids or act not in DONE:
        await flash("Tick the comments that you mean first.", "error")
        return redirect(_address(kind), 303)
    done = sum([await _carried_out(one, act) for one in ids])
    await flash(f"{done} comment{'s' if done != 1 else ''} {DONE[act]}.", "success")
    return redirect(_address(kind), 303)


@main.post("/comments/<id:id>/approve")
@signed_in
@limited("write")
async def approve_comment(id: int) -> ResponseReturnValue:
    await saying.decide(id, SHOWN)
    await flash("The comment is shown.", "success")
    return redirect(comment_address(id), 303)


@main.post("/comments/<id:id>/hide")
@signed_in
@limited("write")
async def hide_comment(id: int) -> ResponseReturnValue:
    await saying.decide(id, HIDDEN)
    await flash("The comment is hidden.", "info")
    return redirect(comment_address(id), 303)


@main.post("/posts/<id:id>/comments/close")
@signed_in
@limited("write")
async def close_comments(id: int) -> ResponseReturnValue:
    return await _turn(id, closed=True)


@main.post("/posts/<id:id>/comments/open")
@signed_in
@limited("write")
async def open_comments(id: int) -> ResponseReturnValue:
    return await _turn(id, closed=False)


async def _turn(id: int, *, closed: bool) -> ResponseReturnValue:
    await saying.turn(id, closed=closed)
    await flash("The comments are closed." if closed else "The comments are open.", "success")
    return redirect(f"{post_url(await readable(id))}#comments", 303)


async def _carried_out(comment_id: int, act: str) -> bool:
    try:
        if act == "delete":
            await saying.remove(comment_id)
        else:
            await saying.decide(comment_id, SHOWN if act == "approve" else HIDDEN)
    except NotFound:
        return False
    return True


def _kind(given: str) -> Waiting:
    return next((one for one in ALL_WAITING if one == given), ALL_WAITING[0])


def _address(kind: Waiting, number: int = 1) -> str:
    asked = [*([f"state={kind}"] if kind != ALL_WAITING[0] else []), *([f"page={number}"] if number > 1 else [])]
    return url_for("main.waiting_comments") + (f"?{'&'.join(asked)}" if asked else "")
