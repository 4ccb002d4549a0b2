"""Following, saving and liking in the browser."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import queries as accounts
from blogapp.community import queries, service
from blogapp.community.documents import tag_id_of
from blogapp.errors import NotFound
from blogapp.posts.editing import readable
from blogapp.web.addresses import author_url, pages_of, post_url, tag_url, url_for
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db
from blogapp.web.limits import limited
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

POSTS_A_PAGE = 10
PLACE = "#reader"
"""Of a post's page."""


@main.get("/following")
@signed_in
async def following() -> ResponseReturnValue:
    user_id, asked = require_actor().id or 0, page_asked(POSTS_A_PAGE)
    rows, total = await queries.feed(db(), user_id, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    authors, tags = await queries.authors(db(), user_id), await queries.tags(db(), user_id)
    page_url = pages_of(url_for("main.following"))
    return render("community/following.html", page=page, page_url=page_url, authors=authors, tags=tags)


@main.get("/reading-list")
@signed_in
async def reading_list() -> ResponseReturnValue:
    user_id, asked = require_actor().id or 0, page_asked(POSTS_A_PAGE)
    rows, total = await queries.kept(db(), user_id, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    return render("community/reading_list.html", page=page, page_url=pages_of(url_for("main.reading_list")))


@main.post("/posts/<id:id>/like")
@signed_in
@limited("write")
async def like_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await service.like(session, require_actor(), id)
    return _back_to(post)


@main.post("/posts/<id:id>/like/remove")
@signed_in
@limited("write")
async def unlike_post(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await service.unlike(session, require_actor(), id)
    return _back_to(post)


@main.post("/posts/<id:id>/save")
@signed_in
@limited("write")
async def save_for_later(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        post = await service.save(session, require_actor(), id)
    return _back_to(post)


@main.post("/posts/<id:id>/save/remove")
@signed_in
@limited("write")
async def unsave(id: int) -> ResponseReturnValue:
    post = await readable(id)
    async with db().transaction() as session:
        await service.unsave(session, require_actor(), id)
    return _back_to(post)


@main.post("/reading-list/<id:id>/remove")
@signed_in
@limited("write")
async def take_off(id: int) -> ResponseReturnValue:
    """Also what can no longer be read."""
    async with db().transaction() as session:
        await service.unsave(session, require_actor(), id)
    await flash("The post is off your reading list.", "info")
    return redirect(url_for("main.reading_list"), 303)


@main.post("/following/authors/<path:username>")
@signed_in
@limited("write")
async def follow_author(username: str) -> ResponseReturnValue:
    author_id = await _author_id(username)
    async with db().transaction() as session:
        await service.follow_author(session, require_actor(), author_id)
    await flash(f"What {username} writes is in your feed from now on.", "success")
    return redirect(author_url(username), 303)


@main.post("/unfollowing/authors/<path:username>")
@signed_in
@limited("write")
async def leave_author(username: str) -> ResponseReturnValue:
    author_id = await _author_id(username)
    async with db().transaction() as session:
        await service.leave_author(session, require_actor(), author_id)
    await flash(f"You no longer follow {username}.", "info")
    return redirect(author_url(username), 303)


@main.post("/following/tags/<slug>")
@signed_in
@limited("write")
async def follow_tag(slug: str) -> ResponseReturnValue:
    tag_id = await tag_id_of(slug)
    async with db().transaction() as session:
        await service.follow_tag(session, require_actor(), tag_id)
    await flash("What is written about it is in your feed from now on.", "success")
    return redirect(tag_url(slug), 303)


@main.post("/unfollowing/tags/<slug>")
@signed_in
@limited("write")
async def leave_tag(slug: str) -> ResponseReturnValue:
    tag_id = await tag_id_of(slug)
    async with db().transaction() as session:
        await service.leave_tag(session, require_actor(), tag_id)
    await flash("You no longer follow this tag.", "info")
    return redirect(tag_url(slug), 303)


async def _author_id(username: str) -> int:
    found = await accounts.by_username(db(), username)
    if found is None:
        raise NotFound("There is nobody of that name here.")
    return int(found.id)


def _back_to(post: Any) -> ResponseReturnValue:
    return redirect(post_url(post) + PLACE, 303)
