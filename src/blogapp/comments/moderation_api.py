"""Looking after comments, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.comments import documents, queries, saying, service
from blogapp.comments.documents import COMMENTS, MODERATORS, NO_COMMENT
from blogapp.comments.models import HIDDEN, SHOWN
from blogapp.comments.schemas import ALL_WAITING, CommentOut, ModeratedComment, Moderation, ReportDraft
from blogapp.errors import Invalid, Violation
from blogapp.posts.documents import NO_POST
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db, query
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of


@api.get("/comments")
@Operation("List what is to be looked at", COMMENTS, Moderation, access=MODERATORS, paged=True, parameters=("waiting",))
async def list_waiting() -> Response:
    """Comments of your posts, and of all for administrators: those that wait, or those that were reported."""
    moderator, asked = require_actor(), page_asked()
    kind = next((one for one in ALL_WAITING if one == query().get("state", ALL_WAITING[0])), None)
    if kind is None:
        said = "This must be waiting or reported."
        raise Invalid("The query is not valid.", Violation("state", said, "literal_error"))
    rows, total = await queries.to_moderate(db(), moderator, kind, asked.offset, asked.size)
    found = await queries.reasons(db(), [row.id for row in rows])
    shown = [
        ModeratedComment(
            **documents.fields(row),
            post_title=row.title,
            reports=row.reports,
            reasons=[one.reason for one in found if one.comment_id == row.id],
        )
        for row in rows
    ]
    page = page_of(shown, total, asked)
    return answer(Moderation(comments=shown, total=total, pages=page.pages, current_page=page.number))


@api.post("/comments/<id:comment_id>/approve")
@Operation("Show a comment", COMMENTS, CommentOut, access=MODERATORS, refusals=NO_COMMENT)
@limited("write")
async def approve_comment(comment_id: int) -> Response:
    """One that waits or was hidden; reports of it are settled. From then on its writer's comments appear at once."""
    await saying.decide(comment_id, SHOWN)
    return await documents.answered(comment_id)


@api.post("/comments/<id:comment_id>/hide")
@Operation("Hide a comment", COMMENTS, CommentOut, access=MODERATORS, refusals=NO_COMMENT)
@limited("write")
async def hide_comment(comment_id: int) -> Response:
    """Its writer still sees it."""
    await saying.decide(comment_id, HIDDEN)
    return await documents.answered(comment_id)


@api.post("/comments/<id:comment_id>/report")
@Operation(
    "Report a comment",
    COMMENTS,
    Message,
    takes=ReportDraft,
    takes_nothing_too=True,
    access=ACCOUNT,
    refusals={**NO_COMMENT, 409: service.OWN},
)
@limited("write")
async def report_comment(comment_id: int) -> Response:
    """The authors of the post and administrators are shown it."""
    require_actor()
    asked = await body(ReportDraft, optional=True)
    await saying.report(comment_id, asked.reason)
    return answer(Message(message="Comment reported"))


@api.put("/posts/<id:post_id>/comments/closed")
@Operation("Close the comments", COMMENTS, Message, access=MODERATORS, refusals=NO_POST)
@limited("write")
async def close_comments(post_id: int) -> Response:
    """Nothing more can be said under the post; what was said stays."""
    await saying.turn(post_id, closed=True)
    return answer(Message(message="Comments closed"))


@api.delete("/posts/<id:post_id>/comments/closed")
@Operation("Open the comments", COMMENTS, Message, access=MODERATORS, refusals=NO_POST)
@limited("write")
async def open_comments(post_id: int) -> Response:
    """Not of a post so old that they have closed by themselves."""
    await saying.turn(post_id, closed=False)
    return answer(Message(message="Comments open"))
