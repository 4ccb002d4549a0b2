"""Writing, editing and deleting in the browser."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.comparing import abridged, difference
from blogapp.errors import Invalid, NotFound, Stale, Unauthenticated
from blogapp.posts import copies, cover_form, editing, series_queries, service, trash
from blogapp.posts.editing import editable, readable, written
from blogapp.posts.fields import LONGEST_CONTENT
from blogapp.posts.models import MARKDOWN, PLAIN, State, owns
from blogapp.posts.opened import left_alone, packed, renew
from blogapp.posts.revisions import Text
from blogapp.posts.schemas import PostEdit, PostForm
from blogapp.posts.typed import as_typed, is_as_saved
from blogapp.text import clean_text
from blogapp.web.addresses import post_url, shared_url, site, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, query, resources
from blogapp.web.forms import Form, keeps
from blogapp.web.limits import client, hit, limited
from blogapp.web.rendering import render

SAID: dict[State, str] = {
    "draft": "Your draft is saved. Only you see it.",
    "scheduled": "Your post will appear by itself.",
    "published": "Your post is published.",
    "unlisted": "Your post is saved. Whoever has its address can read it.",
    "private": "Your post is saved. Only you see it.",
}
COVER = ("cover", "cover_alt", "cover_caption")
KEPT = ("title", "content", "tags", "series_id", "new_series", *COVER, "state", "publish_at", "zone", "format", "slug")
"""What was refused can be sent again as it was: a draft must not be published by it."""
MERGED = "Your changes are saved. Somebody else had changed other paragraphs meanwhile: both are in the post."
SIGNED_OUT = "You are logged out. Your text is kept below: log in again in another tab, then save."


@main.get("/posts/new")
@signed_in
async def new_post() -> ResponseReturnValue:
    """Also of a text that was begun and never saved."""
    number = query().get("copy", "")
    copy = await copies.by_id(db(), actor(), int(number)) if number.isdecimal() and len(number) < 10 else None
    if number and (copy is None or copy.post_id is not None):
        raise NotFound(copies.NO_COPY)
    typed = {"title": copy.title, "content": copy.content, "copy_id": copy.id} | copies.beside(copy) if copy else {}
    return await _form_page(Form(PostForm, typed), None, copy=copy)


@main.post("/posts/new")
@keeps(*KEPT, "copy_id")
async def publish_post() -> ResponseReturnValue:
    form = await cover_form.read(PostForm)
    if not actor().is_authenticated:
        return await _signed_out(form, None)
    if form.data is None:
        return await _form_page(form, None, 422)
    await hit("write", client())
    draft = form.data
    body = await written(draft.content, draft.format)
    try:
        async with db().transaction() as session:
            post = await service.just_created(session, actor(), draft)
            post = post or await service.create(session, actor(), draft, body, draft.publish_at)
            await copies.settle(session, actor(), post, draft.copy_id)
    except Invalid as error:
        form.refuse(error)
        return await _form_page(form, None, 422)
    await flash(SAID[draft.state], "success")
    return redirect(post_url(post), 303)


@main.get("/posts/<id:id>/edit")
@signed_in
async def edit_post(id: int) -> ResponseReturnValue:
    """With what its author was typing when they left, if they were."""
    post = await editable(id)
    copy = await copies.of_post(db(), actor(), id)
    saved = as_typed(post)
    if copy is None or is_as_saved(
        saved, typed := {"title": copy.title, "content": copy.content} | copies.beside(copy)
    ):
        return await _form_page(Form(PostEdit, saved | {"opened": packed(saved)}), post, copy=copy)
    typed |= {"version": copy.base_version or post.version, "opened": packed(saved)}
    pieces = await resources().rendering.run(difference, post.content, copy.content)
    return await _form_page(Form(PostEdit, saved | typed), post, copy=copy, unsaved=abridged(pieces))


@main.post("/copies/<id:id>/discard")
@signed_in
@limited("write")
async def discard_copy(id: int) -> ResponseReturnValue:
    copy = await copies.by_id(db(), actor(), id)
    async with db().transaction() as session:
        await copies.discard(session, actor(), id)
    await flash("The unsaved text is discarded.", "info")
    post_id = copy.post_id if copy else None
    return redirect(url_for("main.edit_post", id=post_id) if post_id else url_for("main.dashboard"), 303)


@main.post("/posts/<id:id>/edit")
@keeps(*KEPT, "version", "opened")
async def save_post(id: int) -> ResponseReturnValue:
    form = await cover_form.read(PostEdit)
    if not actor().is_authenticated:
        return await _signed_out(form, await readable(id))
    if form.data is None:
        return await _form_page(form, await editable(id), 422)
    await hit("write", client())
    try:
        post, has_merged = await editing.save(id, form.data, left := left_alone(form, form.data))
    except Stale:
        return await _conflict_page(form, form.data, left, id)
    except Invalid as error:
        form.refuse(error)
        return await _form_page(form, await editable(id), 422)
    await flash(MERGED if has_merged else "Your changes are saved.", "success")
    return redirect(post_url(post), 303)


@main.post("/posts/preview")
@keeps("title", "content", *COVER)
@limited("copy")
async def preview_new() -> ResponseReturnValue:
    return await _preview_page(await cover_form.read(PostForm), None)


@main.post("/posts/<id:id>/preview")
@keeps("title", "content", *COVER, "version", "opened")
@limited("copy")
async def preview_edit(id: int) -> ResponseReturnValue:
    post = await editable(id) if actor().is_authenticated else await readable(id)
    return await _preview_page(await cover_form.read(PostEdit), post)


@main.get("/posts/<id:id>/delete")
@signed_in
async def delete_post(id: int) -> ResponseReturnValue:
    return render("posts/delete.html", post=await editable(id))


@main.post("/posts/<id:id>/delete")
@signed_in
@limited("write")
async def remove_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await trash.throw_away(session, require_actor(), await service.get(session, actor(), id))
    await flash("The post is deleted. It can be taken back from the trash for 30 days.", "info")
    return redirect(url_for("main.dashboard"), 303)


async def _form_page(form: Form[Any], post: Any, status: int = 200, **more: Any) -> ResponseReturnValue:
    link = site(resources().settings.site_url) + shared_url(post, post.preview_key) if post and post.preview_key else ""
    more.setdefault("cover", None)
    shown = {
        "series": await _shelves(post),
        **await cover_form.offered(form),
        "conflict": None,
        "pieces": [],
        "copy": None,
        "unsaved": [],
        "preview": None,
        **more,
    }
    return render("posts/form.html", status, form=form, post=post, link=link, **shown)


async def _shelves(post: Any) -> Any:
    """The series to choose from; None for those who may not choose."""
    if not actor().is_authenticated:
        return ()
    author_id = post.user_id if post else actor().id or 0
    return await series_queries.own(db(), author_id) if owns(actor(), author_id) else None


async def _preview_page(form: Form[Any], post: Any) -> ResponseReturnValue:
    """For those without scripts: the page to be, below the form that holds what it is made of. Nothing is saved."""
    if not actor().is_authenticated:
        return await _signed_out(form, post)
    if len(form.values["content"]) > LONGEST_CONTENT:
        return await _form_page(form, post, 422)
    form.errors.clear()
    kind = PLAIN if form.values["format"] == PLAIN else MARKDOWN
    preview = await written(clean_text(form.values["content"]), kind)
    return await _form_page(form, post, preview=preview, cover=await cover_form.preview(form))


async def _conflict_page(
    form: Form[PostEdit], draft: PostEdit, left: frozenset[str], post_id: int
) -> ResponseReturnValue:
    """Both texts and what differs; saving once more replaces the one that is shown."""
    saved = await readable(post_id)
    mine = await editing.leading(saved, draft.version, Text(0, draft.title, draft.content))
    form.values |= {"title": mine.title, "content": mine.content}
    renew(form, left, as_typed(saved))
    pieces = await resources().rendering.run(difference, saved.content, mine.content)
    return await _form_page(form, saved, 409, conflict=saved, pieces=abridged(pieces))


async def _signed_out(form: Form[Any], post: Any) -> ResponseReturnValue:
    form.refuse(Unauthenticated(SIGNED_OUT))
    return await _form_page(form, post, 401)
