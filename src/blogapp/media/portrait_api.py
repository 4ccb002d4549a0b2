"""Pictures of people, sent by programs."""

from __future__ import annotations

from quart import Response

from blogapp.accounts import service
from blogapp.accounts.documents import NO_USER, OWNER, USERS
from blogapp.accounts.profile_api import shown
from blogapp.accounts.schemas import ProfileOut
from blogapp.errors import Forbidden
from blogapp.media import receiving
from blogapp.media.documents import FULL
from blogapp.media.schemas import PortraitUpload
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer
from blogapp.web.limits import limited
from blogapp.web.operations import Access, Operation
from blogapp.web.uploads import MULTIPART


@api.post("/users/<id:user_id>/picture")
@Operation(
    "Send the picture of a profile",
    USERS,
    ProfileOut,
    takes=PortraitUpload,
    takes_as=MULTIPART,
    access=Access("The account itself."),
    refusals={**NO_USER, **FULL},
)
@signed_in
@limited("upload")
async def send_portrait(user_id: int) -> Response:
    """Its middle is kept, 400 pixels a side, in the library of the account. The one before stays there."""
    async with db().transaction() as session:
        await service.get(session, user_id)
    if require_actor().id != user_id:
        raise Forbidden("A picture of a profile is sent by the account itself.")
    return await _portray(user_id, (await receiving.keep_square()).name)


@api.delete("/users/<id:user_id>/picture")
@Operation("Take the picture of a profile away", USERS, ProfileOut, access=OWNER, refusals=NO_USER)
@limited("write")
async def remove_portrait(user_id: int) -> Response:
    """It stays in the library of the account until it is deleted there, or nobody has used it for long."""
    require_actor()
    return await _portray(user_id, None)


async def _portray(user_id: int, picture: str | None) -> Response:
    async with db().transaction() as session:
        user = await service.get(session, user_id)
        await service.portray(session, require_actor(), user, picture)
    return answer(shown(user))
