"""What somebody is typing, as JSON: saved every few seconds by an editor."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.comparing import difference
from blogapp.errors import NotFound
from blogapp.posts import copies, cover_form
from blogapp.posts.cover_fields import CoverOut
from blogapp.posts.documents import NO_POST, POSTS, shown_cover
from blogapp.posts.editing import editable, written
from blogapp.posts.models import MARKDOWN
from blogapp.posts.schemas import (
    Beside,
    Compared,
    CopyDraft,
    CopyList,
    CopyOut,
    Here,
    PieceOut,
    Preview,
    Previewed,
    Two,
)
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db, resources
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation

HOLDER = Access("Whoever is typing it.")
NO_COPY = {404: copies.NO_COPY}
ELSEWHERE = {**NO_COPY, 412: copies.ELSEWHERE}


@api.get("/copies")
@Operation("List unsaved texts", POSTS, CopyList, access=ACCOUNT)
async def list_copies() -> Response:
    """What you were typing and have not saved, last typed first."""
    return answer(CopyList(copies=[_shown(row) for row in await copies.all_of(db(), require_actor())]))


@api.post("/copies")
@Operation(
    "Keep an unsaved text", POSTS, CopyOut, 201, takes=CopyDraft, access=ACCOUNT, refusals={**NO_POST, **ELSEWHERE}
)
@limited("copy")
async def begin_copy() -> Response:
    """Of a post you have one copy, of new texts as many as you are typing. Nobody else sees them."""
    actor = require_actor()
    draft = await body(CopyDraft)
    if draft.post_id is not None:
        await editable(draft.post_id)
    async with db().transaction() as session:
        copy = await copies.keep(session, actor, draft)
    return answer(_shown(copy), 201)


@api.get("/copies/<id:copy_id>")
@Operation("Read an unsaved text", POSTS, CopyOut, access=HOLDER, refusals=NO_COPY)
async def read_copy(copy_id: int) -> Response:
    row = await copies.by_id(db(), require_actor(), copy_id)
    if row is None:
        raise NotFound(copies.NO_COPY)
    return answer(_shown(row))


@api.put("/copies/<id:copy_id>")
@Operation("Save an unsaved text", POSTS, CopyOut, takes=CopyDraft, access=HOLDER, refusals=ELSEWHERE)
@limited("copy")
async def save_copy(copy_id: int) -> Response:
    """With the `number` that you know it is refused with 412 when another window has saved it since."""
    actor = require_actor()
    draft = await body(CopyDraft)
    async with db().transaction() as session:
        copy = await copies.save(session, actor, copy_id, draft)
    return answer(_shown(copy))


@api.delete("/copies/<id:copy_id>")
@Operation("Discard an unsaved text", POSTS, Message, access=HOLDER, refusals=NO_COPY)
@limited("copy")
async def discard_copy(copy_id: int) -> Response:
    actor = require_actor()
    async with db().transaction() as session:
        await copies.discard(session, actor, copy_id)
    return answer(Message(message="Text discarded"))


@api.post("/posts/<id:post_id>/here")
@Operation("Say that you have a post open", POSTS, Here, access=ACCOUNT, refusals=NO_POST)
@limited("copy")
async def sign_here(post_id: int) -> Response:
    """For editors, every twenty seconds: who else has it open, and whether it was saved meanwhile."""
    actor = require_actor()
    post = await editable(post_id)
    async with db().transaction() as session:
        await copies.sign(session, actor, post_id)
    return answer(Here(version=post.version, others=await copies.others(db(), actor, post_id)))


@api.post("/preview")
@Operation("Preview a text", POSTS, Previewed, takes=Preview, access=ACCOUNT)
@limited("copy")
async def preview() -> Response:
    """The HTML of its page, made as it will be when it is saved."""
    require_actor()
    asked = await body(Preview)
    made = await written(asked.content, MARKDOWN)
    cover = await cover_form.pictured(asked.cover, asked.cover_alt, asked.cover_caption)
    return answer(Previewed(html=made.html or "", cover=CoverOut(**shown_cover(cover)) if cover else None))


@api.post("/difference")
@Operation("Compare two texts", POSTS, Compared, takes=Two, access=ACCOUNT)
@limited("copy")
async def compare() -> Response:
    """Word by word."""
    require_actor()
    asked = await body(Two)
    pieces = await resources().rendering.run(difference, asked.old, asked.new)
    return answer(Compared(difference=[PieceOut(kind=piece.kind, text=piece.text) for piece in pieces]))


def _shown(row: Any) -> CopyOut:
    return CopyOut(
        id=row.id,
        post_id=row.post_id,
        title=row.title,
        content=row.content,
        beside=Beside(**copies.beside(row)),
        base_version=row.base_version,
        number=row.number,
        saved_at=row.saved_at,
    )
