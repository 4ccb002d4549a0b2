"""Posts as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.errors import Stale
from blogapp.posts import archive_queries, documents, queries, service, sharing, spans, tag_queries, trash
from blogapp.posts.documents import NO_POST, OWNER, POSTS, StaleProblem, held_tag, read_whole
from blogapp.posts.editing import editable, written
from blogapp.posts.schemas import PostChange, PostDraft, PostLink, PostList, PostWhole, Trash
from blogapp.posts.series import NO_SERIES
from blogapp.web.addresses import shared_url, url_for
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db, query
from blogapp.web.documents import answer, body, require_match
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation
from blogapp.web.paging import page_asked, page_of

NOT_IN_TRASH = {404: trash.NO_POST}


@api.get("/posts")
@Operation("List posts", POSTS, PostList, paged=True, parameters=("tag", "month"))
async def list_posts() -> Response:
    """Newest first, with their whole text."""
    asked = page_asked()
    wanted = query()
    if "month" in wanted:
        span = spans.asked(wanted["month"])
        rows, total = await archive_queries.newest_whole_in(db(), span, wanted.get("tag"), asked.offset, asked.size)
    elif "tag" in wanted:
        rows, total = await tag_queries.newest_whole_at(db(), wanted["tag"], asked.offset, asked.size)
    else:
        rows, total = await queries.newest_whole(db(), asked.offset, asked.size)
    page = page_of([documents.shown(row) for row in rows], total, asked)
    keep("posts")
    return answer({"posts": page.items, "total": total, "pages": page.pages, "current_page": page.number})


@api.post("/posts")
@Operation(
    "Write a post",
    POSTS,
    PostWhole,
    201,
    takes=PostDraft,
    access=ACCOUNT,
    refusals={404: NO_SERIES},
    conditional=True,
    location=True,
)
@limited("write")
async def create_post() -> Response:
    """Everybody sees it at once, unless its `state` is another. Its author is the account that asks."""
    actor = require_actor()
    draft = await body(PostDraft)
    text = await written(draft.content, draft.format)
    async with db().transaction() as session:
        post = await service.create(session, actor, draft, text, draft.publish_at)
    response = await read_whole(post.id, 201)
    response.headers["Location"] = url_for("api.read_post", post_id=post.id)
    return response


@api.get("/posts/<id:post_id>")
@Operation("Read a post", POSTS, PostWhole, refusals=NO_POST, conditional=True)
async def read_post(post_id: int) -> Response:
    return await read_whole(post_id)


@api.route("/posts/<id:post_id>", methods=["PUT", "PATCH"])
@Operation(
    "Change a post",
    POSTS,
    PostWhole,
    takes=PostChange,
    access=OWNER,
    refusals=NO_POST,
    problems={412: StaleProblem},
    conditional=True,
)
@limited("write")
async def change_post(post_id: int) -> Response:
    """PUT and PATCH do the same: what is left out, or null, stays as it is.

    A 412 has a member `met`: the saved text, its `etag`, its `difference` from yours, and `merged`, both in one text,
    where they change different paragraphs of the version that If-Match names.
    """
    actor = require_actor()
    asked = await body(PostChange)
    row = await editable(post_id)
    content = row.content if asked.content is None else asked.content
    text = await written(content, asked.format or row.format)
    try:
        async with db().transaction() as session:
            post = await service.get(session, actor, post_id)
            service.require_editor(actor, post)
            require_match(await held_tag(session, post))
            await service.edit(session, actor, post, asked, text)
    except Stale as error:
        raise await documents.met(error, post_id, asked) from None
    return await read_whole(post_id)


@api.delete("/posts/<id:post_id>")
@Operation("Delete a post", POSTS, Message, access=OWNER, refusals=NO_POST, conditional=True)
@limited("write")
async def delete_post(post_id: int) -> Response:
    """It goes to the trash, from where it can be taken back for 30 days."""
    actor = require_actor()
    async with db().transaction() as session:
        post = await service.get(session, actor, post_id)
        service.require_editor(actor, post)
        require_match(await held_tag(session, post))
        await trash.throw_away(session, actor, post)
    return answer(Message(message="Post deleted"))


@api.post("/posts/<id:post_id>/link")
@Operation("Share by a secret link", POSTS, PostLink, access=OWNER, refusals=NO_POST)
@limited("write")
async def share_post(post_id: int) -> Response:
    """Whoever has the link reads the post in whatever state it is. Asked for again it is the same, until withdrawn."""
    actor = require_actor()
    async with db().transaction() as session:
        post = await service.get(session, actor, post_id)
        key = await sharing.share(session, actor, post)
    return answer(PostLink(url=shared_url(post, key)))


@api.delete("/posts/<id:post_id>/link")
@Operation("Withdraw the secret link", POSTS, Message, access=OWNER, refusals=NO_POST)
@limited("write")
async def withdraw_link(post_id: int) -> Response:
    """The next link will be another one."""
    actor = require_actor()
    async with db().transaction() as session:
        await sharing.withdraw(session, actor, await service.get(session, actor, post_id))
    return answer(Message(message="Link withdrawn"))


@api.get("/trash")
@Operation("List the trash", POSTS, Trash, access=ACCOUNT, paged=True)
async def list_trash() -> Response:
    """Your own deleted posts, last deleted first. After 30 days they are gone."""
    asked = page_asked()
    rows, total = await queries.thrown_away(db(), require_actor().id or 0, asked.offset, asked.size)
    page = page_of([documents.thrown_away(row) for row in rows], total, asked)
    return answer(Trash(posts=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.post("/trash/<id:post_id>/restore")
@Operation("Take a post back", POSTS, PostWhole, access=OWNER, refusals=NOT_IN_TRASH)
@limited("write")
async def restore_post(post_id: int) -> Response:
    """It is again as it was when it was deleted."""
    actor = require_actor()
    async with db().transaction() as session:
        await trash.restore(session, actor, post_id)
    return await read_whole(post_id)


@api.delete("/trash/<id:post_id>")
@Operation("Delete a post for good", POSTS, Message, access=OWNER, refusals=NOT_IN_TRASH)
@limited("write")
async def erase_post(post_id: int) -> Response:
    """It can't be undone."""
    actor = require_actor()
    async with db().transaction() as session:
        await trash.erase(session, actor, post_id)
    return answer(Message(message="Post deleted for good"))
