"""The dashboard as JSON: one's own posts in every state, and acts on many of them."""

from __future__ import annotations

from quart import Response

from blogapp import bylines
from blogapp.posts import author_queries, bulk, own_queries, waiting_queries
from blogapp.posts.bulk import Step
from blogapp.posts.bulk_schemas import Bulk, BulkDone, BulkUndo
from blogapp.posts.documents import NO_POST, POSTS
from blogapp.posts.own_asked import wanted
from blogapp.posts.schemas import Dashboard, OwnPostOut, WaitingOut, WaitingPost
from blogapp.posts.waiting_queries import First, Waiting
from blogapp.text import excerpt
from blogapp.web.addresses import post_url
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation
from blogapp.web.paging import page_asked, page_of

OWNERS = Access("Who writes all of them, and administrators.")


@api.get("/dashboard")
@Operation("List your own posts", POSTS, Dashboard, access=ACCOUNT, paged=True, parameters=("state", "q", "sort"))
async def own_posts() -> Response:
    """In every state but the trash, with how many there are in each, and what waits for you."""
    user_id = require_actor().id or 0
    asked = page_asked()
    rows, total = await own_queries.listed(db(), user_id, wanted(), asked.offset, asked.size)
    shown = [
        OwnPostOut(
            id=row.id,
            title=row.title,
            authors=bylines.names(row.author, row.coauthors),
            state=row.state,
            excerpt=excerpt(row.beginning),
            url=post_url(row),
            created_at=row.created_at,
            updated_at=row.updated_at,
            published_at=row.published_at,
        )
        for row in rows
    ]
    page = page_of(shown, total, asked)
    counts = dict(await own_queries.counts(db(), user_id))
    facts = {"total": total, "pages": page.pages, "current_page": page.number}
    invited = await author_queries.invitations(db(), user_id)
    waiting = _waiting(await waiting_queries.of(db(), user_id), len(invited))
    return answer(Dashboard(posts=shown, counts=counts, waiting=waiting, **facts))


def _waiting(found: Waiting, invitations: int) -> WaitingOut:
    return WaitingOut(
        next_scheduled=_first(found.next_scheduled),
        untouched_draft=_first(found.untouched_draft),
        unsaved=found.unsaved,
        undescribed_pictures=found.undescribed,
        comments=found.comments,
        invitations=invitations,
    )


def _first(one: First | None) -> WaitingPost | None:
    return WaitingPost(id=one.id, title=one.title, at=one.moment, number=one.number) if one else None


@api.post("/posts/bulk")
@Operation("Change many posts", POSTS, BulkDone, takes=Bulk, access=OWNERS, refusals=NO_POST)
@limited("write")
async def change_posts() -> Response:
    """All of them or, where one can't be changed, none. The answer tells what takes it back: that leaves alone what
    somebody else has changed by then.
    """
    actor = require_actor()
    asked = await body(Bulk)
    async with db().transaction() as session:
        done = await bulk.carry_out(session, actor, asked.ids, Step(asked.act, asked.publish_at, asked.still))
    back = [BulkUndo(ids=ids, **step._asdict()) for step, ids in done.undo.items()]
    return answer(BulkDone(undo=back, left=done.left))
