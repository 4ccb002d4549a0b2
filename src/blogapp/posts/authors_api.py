"""Who writes a post together, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.posts import author_queries, authorship, service
from blogapp.posts.author_schemas import AuthorList, AuthorOut, Invitation, InvitationList, InvitationOut
from blogapp.posts.documents import NO_POST, OWNER, POSTS, read_whole
from blogapp.posts.editing import editable
from blogapp.posts.schemas import PostWhole
from blogapp.web.addresses import site
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db, resources
from blogapp.web.documents import answer, body
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation

FOREIGN = {**NO_POST, 403: service.NOT_YOURS}
REFUSED = {
    404: f"{service.NO_POST} Or: {authorship.NOBODY}",
    403: service.NOT_YOURS,
    409: f"{authorship.ALREADY} Or: {authorship.FULL}",
}
NOT_AMONG = {404: authorship.NOT_AMONG, 403: authorship.NOT_YOURS}
NO_INVITATION = {404: authorship.NO_INVITATION}
INVITED = Access("Whoever was invited.")


@api.get("/posts/<id:post_id>/authors")
@Operation("List the authors of a post", POSTS, AuthorList, access=OWNER, refusals=FOREIGN)
async def list_authors(post_id: int) -> Response:
    """With those who have not yet answered. Who writes a post stands in its `authors` for everybody."""
    return await _authors(post_id)


@api.post("/posts/<id:post_id>/authors")
@Operation("Invite an author", POSTS, AuthorList, 201, takes=Invitation, access=OWNER, refusals=REFUSED)
@limited("write")
async def invite_author(post_id: int) -> Response:
    """They are told by mail, and write along from when they accept, with the same rights. Asked twice is asked once."""
    actor, asked = require_actor(), await body(Invitation)
    async with db().transaction() as session:
        post = await service.get(session, actor, post_id)
        await authorship.invite(session, actor, post, asked.username, site(resources().settings.site_url))
    return await _authors(post_id, 201)


@api.delete("/posts/<id:post_id>/authors/<path:username>")
@Operation("Remove an author", POSTS, Message, access=OWNER, refusals=NOT_AMONG)
@limited("write")
async def remove_author(post_id: int, username: str) -> Response:
    """Or leave, or take back an invitation. The first author stays."""
    actor = require_actor()
    async with db().transaction() as session:
        await authorship.remove(session, actor, await service.get(session, actor, post_id), username)
    return answer(Message(message="Author removed"))


@api.get("/invitations")
@Operation("List your invitations", POSTS, InvitationList, access=ACCOUNT)
async def list_invitations() -> Response:
    """To write along, as long as you have not answered."""
    rows = await author_queries.invitations(db(), require_actor().id or 0)
    return answer(InvitationList(invitations=[InvitationOut(**row._asdict()) for row in rows]))


@api.post("/invitations/<id:post_id>/accept")
@Operation("Accept an invitation", POSTS, PostWhole, access=INVITED, refusals=NO_INVITATION)
@limited("write")
async def accept_invitation(post_id: int) -> Response:
    """From now on the post is yours, too."""
    async with db().transaction() as session:
        await authorship.accept(session, require_actor(), post_id)
    return await read_whole(post_id)


@api.post("/invitations/<id:post_id>/decline")
@Operation("Decline an invitation", POSTS, Message, access=INVITED, refusals=NO_INVITATION)
@limited("write")
async def decline_invitation(post_id: int) -> Response:
    async with db().transaction() as session:
        await authorship.decline(session, require_actor(), post_id)
    return answer(Message(message="Invitation declined"))


async def _authors(post_id: int, status: int = 200) -> Response:
    post = await editable(post_id)
    first = AuthorOut(username=post.author, user_id=post.user_id, accepted_at=None, invited_at=None)
    rows = await author_queries.asked(db(), post_id)
    others = [
        AuthorOut(username=row.username, user_id=row.id, accepted_at=row.accepted_at, invited_at=row.invited_at)
        for row in rows
    ]
    return answer(AuthorList(authors=[first, *others]), status)
