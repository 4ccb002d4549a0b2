"""Following, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.documents import NO_USER
from blogapp.community import queries, service
from blogapp.community.documents import COMMUNITY, tag_id_of
from blogapp.community.schemas import Followed, FollowedAuthorOut, FollowedTagOut, Following
from blogapp.posts.documents import shown
from blogapp.posts.schemas import PostList
from blogapp.tags.service import NO_TAG
from blogapp.web.addresses import author_url, tag_url
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of


@api.get("/following")
@Operation("List what you follow", COMMUNITY, Following, access=ACCOUNT)
async def read_following() -> Response:
    user_id = require_actor().id or 0
    authors = [
        FollowedAuthorOut(
            id=row.id,
            username=row.username,
            name=row.author_name,
            url=author_url(row.username),
            followed_at=row.followed_at,
        )
        for row in await queries.authors(db(), user_id)
    ]
    tags = [
        FollowedTagOut(name=row.name, slug=row.slug, url=tag_url(row.slug), followed_at=row.followed_at)
        for row in await queries.tags(db(), user_id)
    ]
    return answer(Following(authors=authors, tags=tags))


@api.get("/following/posts")
@Operation("Read your feed", COMMUNITY, PostList, access=ACCOUNT, paged=True)
async def read_feed() -> Response:
    """Posts of the authors and under the tags that you follow, newest first: the newest 100 of each."""
    user_id, asked = require_actor().id or 0, page_asked()
    rows, total = await queries.feed_whole(db(), user_id, asked.offset, asked.size)
    page = page_of([shown(row) for row in rows], total, asked)
    return answer({"posts": page.items, "total": total, "pages": page.pages, "current_page": page.number})


@api.put("/following/authors/<id:user_id>")
@Operation(
    "Follow an author",
    COMMUNITY,
    Followed,
    access=ACCOUNT,
    refusals={**NO_USER, 409: f"{service.YOURSELF} Or: {service.TOO_MANY}"},
)
@limited("write")
async def follow_author(user_id: int) -> Response:
    """The author is told, the first time."""
    asker = require_actor()
    async with db().transaction() as session:
        await service.follow_author(session, asker, user_id)
    return answer(Followed(is_followed=True))


@api.delete("/following/authors/<id:user_id>")
@Operation("Stop following an author", COMMUNITY, Followed, access=ACCOUNT, refusals=NO_USER)
@limited("write")
async def leave_author(user_id: int) -> Response:
    asker = require_actor()
    async with db().transaction() as session:
        await service.leave_author(session, asker, user_id)
    return answer(Followed(is_followed=False))


@api.put("/following/tags/<slug>")
@Operation(
    "Follow a tag",
    COMMUNITY,
    Followed,
    access=ACCOUNT,
    refusals={404: NO_TAG, 409: service.TOO_MANY},
)
@limited("write")
async def follow_tag(slug: str) -> Response:
    asker = require_actor()
    tag_id = await tag_id_of(slug)
    async with db().transaction() as session:
        await service.follow_tag(session, asker, tag_id)
    return answer(Followed(is_followed=True))


@api.delete("/following/tags/<slug>")
@Operation("Stop following a tag", COMMUNITY, Followed, access=ACCOUNT, refusals={404: NO_TAG})
@limited("write")
async def leave_tag(slug: str) -> Response:
    asker = require_actor()
    tag_id = await tag_id_of(slug)
    async with db().transaction() as session:
        await service.leave_tag(session, asker, tag_id)
    return answer(Followed(is_followed=False))
