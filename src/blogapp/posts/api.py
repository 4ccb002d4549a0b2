"""Posts as JSON."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.errors import NotFound
from blogapp.posts import queries, service
from blogapp.posts.schemas import PostChange, PostDraft, PostList, PostOut
from blogapp.web.addresses import post_url, url_for
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer, body, entity, require_match
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation, Tag
from blogapp.web.paging import page_asked, page_of

POSTS = Tag("Posts", "What people have written.")

OWNER = Access("Its author and administrators.")

NO_POST = {404: "There is no such post."}


@api.get("/posts")
@Operation("List posts", POSTS, PostList, paged=True)
async def list_posts() -> Response:
    """Newest first, with their whole text."""
    asked = page_asked()
    rows, total = await queries.newest_whole(db(), asked.offset, asked.size)
    page = page_of([_shown(row) for row in rows], total, asked)
    keep("posts")
    return answer(PostList(posts=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.post("/posts")
@Operation("Publish a post", POSTS, PostOut, 201, takes=PostDraft, access=ACCOUNT, conditional=True, location=True)
@limited("write")
async def create_post() -> Response:
    """Everybody sees it at once. Its author is the account that asks."""
    actor = require_actor()
    draft = await body(PostDraft)
    async with db().transaction() as session:
        post = await service.publish(session, actor, draft)
    response = await _read(post.id, 201)
    response.headers["Location"] = url_for("api.read_post", post_id=post.id)
    return response


@api.get("/posts/<id:post_id>")
@Operation("Read a post", POSTS, PostOut, refusals=NO_POST, conditional=True)
async def read_post(post_id: int) -> Response:
    return await _read(post_id)


@api.route("/posts/<id:post_id>", methods=["PUT", "PATCH"])
@Operation("Change a post", POSTS, PostOut, takes=PostChange, access=OWNER, refusals=NO_POST, conditional=True)
@limited("write")
async def change_post(post_id: int) -> Response:
    """PUT and PATCH do the same: what is left out, or null, stays as it is."""
    actor = require_actor()
    asked = await body(PostChange)
    async with db().transaction() as session:
        post = await service.get(session, post_id)
        service.require_editor(actor, post.user_id)
        require_match(_tag(post.id, post.version, await service.author_of(session, post)))
        await service.edit(session, actor, post, asked)
    return await _read(post_id)


@api.delete("/posts/<id:post_id>")
@Operation("Delete a post", POSTS, Message, access=OWNER, refusals=NO_POST, conditional=True)
@limited("write")
async def delete_post(post_id: int) -> Response:
    """It can't be undone."""
    actor = require_actor()
    async with db().transaction() as session:
        post = await service.get(session, post_id)
        service.require_editor(actor, post.user_id)
        require_match(_tag(post.id, post.version, await service.author_of(session, post)))
        await service.remove(session, actor, post)
    return answer(Message(message="Post deleted"))


async def _read(post_id: int, status: int = 200) -> Response:
    row = await queries.by_id(db(), post_id)
    if row is None:
        raise NotFound("There is no such post.")
    keep(f"post:{post_id}", f"user:{row.user_id}")
    return entity(_shown(row), _tag(row.id, row.version, row.author), status)


def _shown(row: Any) -> PostOut:
    return PostOut(
        id=row.id,
        title=row.title,
        content=row.content,
        author=row.author,
        author_id=row.user_id,
        url=post_url(row),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _tag(post_id: int, version: int, author: str) -> str:
    """The author's name is part of the document, so it is part of its tag."""
    return f"post-{post_id}-{version}-{quote(author)}"
