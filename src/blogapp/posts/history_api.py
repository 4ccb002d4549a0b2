"""What a post was before, as JSON: for those who may edit it."""

from __future__ import annotations

from quart import Response
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.comparing import difference
from blogapp.posts import revisions, service
from blogapp.posts.documents import NO_POST, OWNER, POSTS, held_tag, read_whole
from blogapp.posts.editing import NO_REVISION, editable, restore, revision
from blogapp.posts.models import Post
from blogapp.posts.schemas import PieceOut, PostWhole, RevisionList, RevisionOut, RevisionWhole
from blogapp.web.blueprints import api
from blogapp.web.context import db, resources
from blogapp.web.documents import answer, require_match
from blogapp.web.limits import limited
from blogapp.web.operations import Operation
from blogapp.web.paging import page_asked, page_of

FOREIGN = {403: service.NOT_YOURS}
NONE_SUCH = {404: NO_REVISION, **FOREIGN}


@api.get("/posts/<id:post_id>/revisions")
@Operation("List revisions", POSTS, RevisionList, access=OWNER, refusals={**NO_POST, **FOREIGN}, paged=True)
async def list_revisions(post_id: int) -> Response:
    """Every text that was saved, newest first."""
    await editable(post_id)
    asked = page_asked()
    rows, total = await revisions.listed(db(), post_id, asked.offset, asked.size)
    page = page_of([RevisionOut(**row._asdict()) for row in rows], total, asked)
    return answer(RevisionList(revisions=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.get("/posts/<id:post_id>/revisions/<id:number>")
@Operation("Read a revision", POSTS, RevisionWhole, access=OWNER, refusals=NONE_SUCH)
async def read_revision(post_id: int, number: int) -> Response:
    """Its text, and what differs between it and the present one, word by word."""
    post = await editable(post_id)
    text = await revision(post_id, number)
    pieces = await resources().rendering.run(difference, text.content, post.content)
    shown = [PieceOut(kind=piece.kind, text=piece.text) for piece in pieces]
    return answer(RevisionWhole(number=text.number, title=text.title, content=text.content, to_present=shown))


@api.post("/posts/<id:post_id>/revisions/<id:number>/restore")
@Operation("Restore a revision", POSTS, PostWhole, access=OWNER, refusals=NONE_SUCH, conditional=True)
@limited("write")
async def restore_revision(post_id: int, number: int) -> Response:
    """Its title and text become the present ones; what was there until now is a revision itself."""
    await restore(await editable(post_id), number, _require_match)
    return await read_whole(post_id)


async def _require_match(session: AsyncSession, post: Post) -> None:
    require_match(await held_tag(session, post))
