"""Likes and the reading list, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.community import queries, service
from blogapp.community.documents import COMMUNITY, NO_LIKE
from blogapp.community.schemas import Likes, OnList
from blogapp.posts.documents import NO_POST, shown
from blogapp.posts.editing import readable
from blogapp.posts.schemas import PostList
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db
from blogapp.web.documents import answer
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of


@api.get("/posts/<id:post_id>/like")
@Operation("Read the likes of a post", COMMUNITY, Likes, refusals=NO_POST)
async def read_likes(post_id: int) -> Response:
    post = await readable(post_id)
    keep(f"post:{post_id}")
    return await _likes(post_id, post.likes_count)


@api.put("/posts/<id:post_id>/like")
@Operation("Like a post", COMMUNITY, Likes, access=ACCOUNT, refusals=NO_LIKE)
@limited("write")
async def like_post(post_id: int) -> Response:
    """Once, however often it is said."""
    asker = require_actor()
    async with db().transaction() as session:
        post = await service.like(session, asker, post_id)
    return await _likes(post_id, post.likes_count)


@api.delete("/posts/<id:post_id>/like")
@Operation("Take a like back", COMMUNITY, Likes, access=ACCOUNT, refusals=NO_POST)
@limited("write")
async def unlike_post(post_id: int) -> Response:
    asker = require_actor()
    async with db().transaction() as session:
        post = await service.unlike(session, asker, post_id)
    return await _likes(post_id, post.likes_count)


@api.get("/reading-list")
@Operation("Read your reading list", COMMUNITY, PostList, access=ACCOUNT, paged=True)
async def read_reading_list() -> Response:
    """Last saved first; without what its authors have taken back."""
    user_id, asked = require_actor().id or 0, page_asked()
    rows, total = await queries.kept_whole(db(), user_id, asked.offset, asked.size)
    page = page_of([shown(row) for row in rows], total, asked)
    return answer({"posts": page.items, "total": total, "pages": page.pages, "current_page": page.number})


@api.put("/reading-list/<id:post_id>")
@Operation("Put a post on your reading list", COMMUNITY, OnList, access=ACCOUNT, refusals=NO_LIKE)
@limited("write")
async def save_post(post_id: int) -> Response:
    asker = require_actor()
    async with db().transaction() as session:
        await service.save(session, asker, post_id)
    return answer(OnList(is_saved=True))


@api.delete("/reading-list/<id:post_id>")
@Operation("Take a post off your reading list", COMMUNITY, OnList, access=ACCOUNT, refusals=NO_POST)
@limited("write")
async def unsave_post(post_id: int) -> Response:
    """Also one that you can no longer read."""
    asker = require_actor()
    async with db().transaction() as session:
        await service.unsave(session, asker, post_id)
    return answer(OnList(is_saved=False))


async def _likes(post_id: int, likes: int) -> Response:
    reader = actor()
    is_liked = reader.id is not None and (await queries.standing(db(), reader.id, post_id)).is_liked
    return answer(Likes(likes=likes, is_liked=is_liked))
