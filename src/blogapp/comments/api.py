"""Comments as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.comments import documents, saying, service
from blogapp.comments.documents import COMMENTS, NO_COMMENT, WRITER
from blogapp.comments.schemas import CommentChange, CommentDraft, CommentList, CommentOut
from blogapp.errors import Invalid, Violation
from blogapp.posts.documents import NO_POST
from blogapp.posts.editing import readable
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import query
from blogapp.web.documents import answer, body, require_match
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import number_asked, page_asked

ORDERS = ("oldest", "newest")


@api.get("/posts/<id:post_id>/comments")
@Operation("List comments", COMMENTS, CommentList, refusals=NO_POST, paged=True, parameters=("order", "answers"))
async def list_comments(post_id: int) -> Response:
    """Threads by age, each with its replies. Your own are among them while they wait."""
    asked, answers, order = page_asked(), number_asked("answers"), query().get("order", ORDERS[0])
    if order not in ORDERS:
        said = "This must be oldest or newest."
        raise Invalid("The query is not valid.", Violation("order", said, "literal_error"))
    post = await readable(post_id)
    talk = await documents.talk(post, asked, newest=order == ORDERS[1], answers=answers)
    keep(f"post:{post_id}", "authors")
    return answer(
        CommentList(
            comments=[documents.shown(said) for said in talk.said],
            more_answers=talk.is_cut,
            is_open=talk.is_open,
            total=talk.page.total,
            pages=talk.page.pages,
            current_page=talk.page.number,
        )
    )


@api.post("/posts/<id:post_id>/comments")
@Operation(
    "Write a comment",
    COMMENTS,
    CommentOut,
    201,
    takes=CommentDraft,
    access=ACCOUNT,
    refusals={404: service.NOT_THERE, 409: service.TWICE},
    location=True,
)
@limited("comment")
async def write_comment(post_id: int) -> Response:
    """Your first one waits until an author of the post or an administrator has looked at it."""
    require_actor()
    comment = await saying.say(post_id, await body(CommentDraft))
    response = await documents.answered(comment.id, 201)
    response.headers["Location"] = url_for("api.read_comment", comment_id=comment.id)
    return response


@api.get("/comments/<id:comment_id>")
@Operation("Read a comment", COMMENTS, CommentOut, refusals=NO_COMMENT, conditional=True)
async def read_comment(comment_id: int) -> Response:
    return await documents.answered(comment_id)


@api.route("/comments/<id:comment_id>", methods=["PUT", "PATCH"])
@Operation(
    "Change a comment",
    COMMENTS,
    CommentOut,
    takes=CommentChange,
    access=WRITER,
    refusals={**NO_COMMENT, 409: service.TWICE},
    conditional=True,
)
@limited("comment")
async def change_comment(comment_id: int) -> Response:
    """Within 15 minutes. PUT and PATCH do the same."""
    require_actor()
    asked = await body(CommentChange)
    row, _ = await documents.found(comment_id)
    require_match(documents.tag(row))
    await saying.change(comment_id, asked.content)
    return await documents.answered(comment_id)


@api.delete("/comments/<id:comment_id>")
@Operation("Delete a comment", COMMENTS, Message, access=WRITER, refusals=NO_COMMENT)
@limited("write")
async def delete_comment(comment_id: int) -> Response:
    """Also for the authors of the post and administrators. Replies stay where they are."""
    await saying.remove(comment_id)
    return answer(Message(message="Comment deleted"))
