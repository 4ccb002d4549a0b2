"""Pictures as JSON."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.media import queries, receiving, service
from blogapp.media.documents import FULL, MEDIA, NO_MEDIA, OWNER, shown
from blogapp.media.schemas import MediaChange, MediaList, MediaOut, MediaUpload
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of
from blogapp.web.uploads import MULTIPART


@api.get("/media")
@Operation("List your pictures", MEDIA, MediaList, access=ACCOUNT, paged=True)
async def list_media() -> Response:
    """Newest first, with where each is used."""
    asker, asked = require_actor(), page_asked()
    rows, total = await queries.of_user(db(), asker.id or 0, asked.offset, asked.size)
    page = page_of(await shown(rows), total, asked)
    return answer(MediaList(media=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.post("/media")
@Operation(
    "Send a picture",
    MEDIA,
    MediaOut,
    201,
    takes=MediaUpload,
    takes_as=MULTIPART,
    access=ACCOUNT,
    refusals=FULL,
    location=True,
)
@signed_in
@limited("upload")
async def send_media() -> Response:
    """What counts is what the file holds, not what it is called. It is turned upright and written anew, without what a
    camera noted in it; what moves becomes an animated WebP. The same picture again is the one that you have already.
    """
    media = await receiving.keep_sent()
    response = answer(await _document(await receiving.kept(media.id)), 201)
    response.headers["Location"] = url_for("api.read_media", media_id=media.id)
    return response


@api.get("/media/<id:media_id>")
@Operation("Read about a picture", MEDIA, MediaOut, access=OWNER, refusals=NO_MEDIA)
@signed_in
async def read_media(media_id: int) -> Response:
    return answer(await _document(await receiving.kept(media_id)))


@api.patch("/media/<id:media_id>")
@Operation("Describe a picture", MEDIA, MediaOut, takes=MediaChange, access=OWNER, refusals=NO_MEDIA)
@limited("write")
async def change_media(media_id: int) -> Response:
    """Posts that show it keep the words they were written with."""
    actor = require_actor()
    asked = await body(MediaChange)
    async with db().transaction() as session:
        await service.describe(session, actor, media_id, asked.alt)
    return answer(await _document(await receiving.kept(media_id)))


@api.delete("/media/<id:media_id>")
@Operation("Delete a picture", MEDIA, Message, access=OWNER, refusals={**NO_MEDIA, 409: service.IN_USE})
@limited("write")
async def delete_media(media_id: int) -> Response:
    """While one of its owner's posts shows it, only an administrator can. Its address ends a minute later."""
    actor = require_actor()
    async with db().transaction() as session:
        await service.remove(session, actor, media_id)
    return answer(Message(message="Picture deleted"))


async def _document(row: Any) -> MediaOut:
    return (await shown([row]))[0]
