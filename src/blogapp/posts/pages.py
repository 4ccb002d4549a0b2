"""Writing, editing and deleting in the browser."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.errors import NotFound, Stale, Unauthenticated
from blogapp.posts import queries, service
from blogapp.posts.schemas import PostChange, PostDraft, PostEdit
from blogapp.web.addresses import post_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db
from blogapp.web.forms import Form, keeps, read
from blogapp.web.limits import client, hit, limited
from blogapp.web.rendering import render

SIGNED_OUT = "You are logged out. Your text is kept below: log in again in another tab, then save."


@main.get("/posts/new")
@signed_in
async def new_post() -> ResponseReturnValue:
    return _form_page(Form(PostDraft), None)


@main.post("/posts/new")
@keeps("title", "content")
async def publish_post() -> ResponseReturnValue:
    form = await read(PostDraft)
    if not actor().is_authenticated:
        return _signed_out(form, None)
    if form.data is None:
        return _form_page(form, None, 422)
    await hit("write", client())
    async with db().transaction() as session:
        post = await service.just_published(session, actor(), form.data)
        post = post or await service.publish(session, actor(), form.data)
    await flash("Your post is published.", "success")
    return redirect(post_url(post), 303)


@main.get("/posts/<id:id>/edit")
@signed_in
async def edit_post(id: int) -> ResponseReturnValue:
    post = await _editable(id)
    return _form_page(Form(PostEdit, post._mapping), post)


@main.post("/posts/<id:id>/edit")
@keeps("title", "content", "version")
async def save_post(id: int) -> ResponseReturnValue:
    form = await read(PostEdit)
    if not actor().is_authenticated:
        return _signed_out(form, await _read(id))
    if form.data is None:
        return _form_page(form, await _editable(id), 422)
    await hit("write", client())
    draft = form.data
    try:
        async with db().transaction() as session:
            post = await service.get(session, id)
            service.require_editor(actor(), post.user_id)
            service.require_unchanged(post, draft)
            await service.edit(session, actor(), post, PostChange(title=draft.title, content=draft.content))
    except Stale:
        return await _conflict_page(form, id)
    await flash("Your changes are saved.", "success")
    return redirect(post_url(post), 303)


@main.get("/posts/<id:id>/delete")
@signed_in
async def delete_post(id: int) -> ResponseReturnValue:
    return render("posts/delete.html", post=await _editable(id))


@main.post("/posts/<id:id>/delete")
@signed_in
@limited("write")
async def remove_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await service.remove(session, require_actor(), await service.get(session, id))
    await flash("The post is deleted.", "info")
    return redirect(url_for("main.dashboard"), 303)


async def _read(post_id: int) -> Any:
    post = await queries.by_id(db(), post_id)
    if post is None:
        raise NotFound("There is no such post.")
    return post


async def _editable(post_id: int) -> Any:
    post = await _read(post_id)
    service.require_editor(actor(), post.user_id)
    return post


def _form_page(form: Form[Any], post: Any, status: int = 200, conflict: Any = None) -> ResponseReturnValue:
    return render("posts/form.html", status, form=form, post=post, conflict=conflict)


async def _conflict_page(form: Form[PostEdit], post_id: int) -> ResponseReturnValue:
    """Both texts side by side; saving once more replaces the one that is shown."""
    saved = await _read(post_id)
    form.values["version"] = str(saved.version)
    return _form_page(form, saved, 409, conflict=saved)


def _signed_out(form: Form[Any], post: Any) -> ResponseReturnValue:
    form.refuse(Unauthenticated(SIGNED_OUT))
    return _form_page(form, post, 401)
