"""The dashboard in the browser: one's own posts by state, and acts on many of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from pydantic import ValidationError
from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import Invalid
from blogapp.posts import author_queries, bulk, copies, own_queries, waiting_queries
from blogapp.posts.bulk import Step
from blogapp.posts.bulk_schemas import Bulk
from blogapp.posts.own_asked import wanted
from blogapp.posts.own_queries import Wanted
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, query
from blogapp.web.forms import fields
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render
from blogapp.web.violations import violations

POSTS_A_PAGE = 20

DONE = {
    "draft": "made drafts",
    "published": "published",
    "unlisted": "unlisted",
    "private": "made private",
    "scheduled": "scheduled",
    "trash": "moved to the trash",
    "restore": "taken back",
}
PREFIX = "post-"
"""Of the names of boxes that are ticked."""


@main.get("/dashboard")
@signed_in
async def dashboard() -> ResponseReturnValue:
    user_id = require_actor().id or 0
    asked, chosen = page_asked(POSTS_A_PAGE), wanted()
    rows, total = await own_queries.listed(db(), user_id, chosen, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    return render(
        "posts/dashboard.html",
        page=page,
        page_url=lambda number: _address(chosen, number),
        counts=await own_queries.counts(db(), user_id),
        wanted=chosen,
        state_url=lambda state: _address(Wanted(state or None, chosen.words, chosen.sort)),
        unsaved=[copy for copy in await copies.all_of(db(), require_actor()) if copy.title or copy.content],
        waiting=await waiting_queries.of(db(), user_id),
        invitations=await author_queries.invitations(db(), user_id),
        undo=_known_undo(query().get("undo", "")),
    )


@main.post("/dashboard/bulk")
@signed_in
@limited("write")
async def change_posts() -> ResponseReturnValue:
    given = await fields()
    ticked = [name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX)]
    if not ticked:
        await flash("Tick the posts that you mean first.", "error")
        return redirect(url_for("main.dashboard"), 303)
    act, ids = given.get("act", ""), [int(number) if number.isdecimal() else 0 for number in ticked]
    return await _carried_out([_valid({"act": act, "ids": ids})])


@main.post("/dashboard/undo")
@signed_in
@limited("write")
async def undo_change() -> ResponseReturnValue:
    asked = _read_undo((await fields()).get("undo", ""))
    return await _carried_out(asked, can_be_undone=False)


async def _carried_out(asked: list[Bulk], *, can_be_undone: bool = True) -> ResponseReturnValue:
    undo: dict[Step, list[int]] = {}
    async with db().transaction() as session:
        done = [
            await bulk.carry_out(session, require_actor(), one.ids, Step(one.act, one.publish_at, one.still))
            for one in asked
        ]
    for one, what in zip(asked, done, strict=True):
        undo |= what.undo
        if count := len(set(one.ids)) - len(what.left):
            await flash(f"{_posts(count)} {DONE[one.act]}.", "success")
    if left := sum(len(what.left) for what in done):
        await flash(f"{_posts(left)} left alone: changed or deleted meanwhile.", "info")
    address = url_for("main.dashboard")
    if can_be_undone and undo:
        address = f"{address}?{urlencode({'undo': _written_undo(undo)})}"
    return redirect(address, 303)


def _posts(count: int) -> str:
    return f"{count} post{'' if count == 1 else 's'}"


def _valid(given: Mapping[str, object]) -> Bulk:
    try:
        return Bulk.model_validate(given)
    except ValidationError as error:
        raise Invalid("This can't be done.", *violations(error)) from None


def _written_undo(undo: Mapping[Step, list[int]]) -> str:
    """In an address: `published~draft.3-5,scheduled~draft@1893456000.7`."""
    return ",".join(f"{_written_step(step)}.{'-'.join(map(str, ids))}" for step, ids in undo.items())


def _written_step(step: Step) -> str:
    return f"{step.act}~{step.still}{f'@{step.publish_at.timestamp():.0f}' if step.publish_at else ''}"


def _read_undo(written: str) -> list[Bulk]:
    """Raises Invalid for what we have not written."""
    return [_valid(_parts(part)) for part in written.split(",") if part]


def _known_undo(written: str) -> str:
    """What the page offers to take back; nothing where somebody has changed the address."""
    try:
        return written if _read_undo(written) else ""
    except Invalid:
        return ""


def _parts(written: str) -> dict[str, object]:
    head, _, ids = written.partition(".")
    states, _, moment = head.partition("@")
    act, _, still = states.partition("~")
    numbers = [int(number) if number.isdecimal() and len(number) < 10 else 0 for number in ids.split("-")]
    known = moment.isdecimal() and len(moment) < 12
    publish_at = datetime.fromtimestamp(int(moment), UTC) if known else None
    return {"act": act, "ids": numbers, "publish_at": publish_at, "still": still or None}


def _address(chosen: Wanted, number: int = 1) -> str:
    """The dashboard with these posts."""
    asked = {"state": chosen.state, "q": chosen.words, "sort": chosen.sort if chosen.sort != "newest" else ""}
    given = {name: value for name, value in (asked | {"page": number if number > 1 else ""}).items() if value}
    return url_for("main.dashboard") + (f"?{urlencode(given)}" if given else "")
