"""Who writes a post together, in the browser."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import Conflict, NotFound
from blogapp.posts import author_queries, authorship, service
from blogapp.posts.author_schemas import Invitation
from blogapp.posts.editing import editable
from blogapp.posts.models import owns
from blogapp.web.addresses import site, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, resources
from blogapp.web.forms import Form, fields, read
from blogapp.web.limits import limited
from blogapp.web.rendering import render


@main.get("/posts/<id:id>/authors")
@signed_in
async def post_authors(id: int) -> ResponseReturnValue:
    return await _page(await editable(id), Form(Invitation))


@main.post("/posts/<id:id>/authors")
@signed_in
@limited("write")
async def invite_author(id: int) -> ResponseReturnValue:
    post, form = await editable(id), await read(Invitation)
    if form.data is None:
        return await _page(post, form, 422)
    try:
        async with db().transaction() as session:
            held = await service.get(session, actor(), id)
            await authorship.invite(session, actor(), held, form.data.username, site(resources().settings.site_url))
    except (NotFound, Conflict) as error:
        form.refuse(error)
        return await _page(post, form, 422)
    await flash(f"{form.data.username} is asked to write along.", "success")
    return redirect(url_for("main.post_authors", id=id), 303)


@main.post("/posts/<id:id>/authors/remove")
@signed_in
@limited("write")
async def remove_author(id: int) -> ResponseReturnValue:
    username = (await fields()).get("username", "")
    async with db().transaction() as session:
        await authorship.remove(session, actor(), await service.get(session, actor(), id), username)
    if username.casefold() == actor().username.casefold():
        await flash("You no longer write this post.", "info")
        return redirect(url_for("main.dashboard"), 303)
    await flash(f"{username} no longer writes this post.", "info")
    return redirect(url_for("main.post_authors", id=id), 303)


@main.post("/invitations/<id:id>/accept")
@signed_in
@limited("write")
async def accept_invitation(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await authorship.accept(session, require_actor(), id)
    await flash("The post is yours now, too.", "success")
    return redirect(url_for("main.edit_post", id=id), 303)


@main.post("/invitations/<id:id>/decline")
@signed_in
@limited("write")
async def decline_invitation(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await authorship.decline(session, require_actor(), id)
    await flash("The invitation is declined.", "info")
    return redirect(url_for("main.dashboard"), 303)


async def _page(post: Any, form: Form[Invitation], status: int = 200) -> ResponseReturnValue:
    others = await author_queries.asked(db(), post.id)
    return render("posts/authors.html", status, post=post, form=form, others=others, owns=owns(actor(), post.user_id))
