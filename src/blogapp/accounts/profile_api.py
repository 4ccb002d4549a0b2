"""What accounts tell of themselves, as JSON."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.accounts import queries, service
from blogapp.accounts.documents import NO_USER, OWNER, USERS
from blogapp.accounts.models import links_of
from blogapp.accounts.schemas import Profile, ProfileOut
from blogapp.errors import NotFound
from blogapp.web.addresses import picture_url
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db
from blogapp.web.documents import answer, body
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import Operation


@api.get("/users/<id:user_id>/profile")
@Operation("Read a profile", USERS, ProfileOut, refusals=NO_USER)
async def read_profile(user_id: int) -> Response:
    """What the account's page tells of it."""
    row = await queries.by_id(db(), user_id)
    if row is None:
        raise NotFound(NO_USER[404])
    keep(f"user:{user_id}")
    return answer(shown(row))


@api.put("/users/<id:user_id>/profile")
@Operation("Change a profile", USERS, ProfileOut, takes=Profile, access=OWNER, refusals=NO_USER)
@limited("write")
async def change_profile(user_id: int) -> Response:
    """All of it at once: what is left out is empty from then on."""
    require_actor()
    asked = await body(Profile)
    async with db().transaction() as session:
        user = await service.get(session, user_id)
        await service.introduce(session, actor(), user, asked)
    return answer(shown(user))


def shown(user: Any) -> ProfileOut:
    return ProfileOut(
        username=user.username,
        display_name=user.profile_name or "",
        bio=user.profile_bio or "",
        links=links_of(user.profile_links),
        picture=picture_url(user.profile_picture) if user.profile_picture else None,
    )
