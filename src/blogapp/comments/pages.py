"""Comments in the browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.comments import documents, queries, saying
from blogapp.comments.models import WAITING
from blogapp.comments.queries import THREADS_A_PAGE
from blogapp.comments.schemas import CommentChange, CommentForm, ReportDraft
from blogapp.comments.service import EDITED_WITHIN
from blogapp.errors import BlogError, Conflict, Forbidden, Invalid, NotFound
from blogapp.infra.db import now
from blogapp.posts.editing import readable
from blogapp.posts.models import may_edit
from blogapp.web.addresses import comment_address, post_url
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, query, resources
from blogapp.web.forms import Form, keeps, read
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.paging import Slice, number_asked, page_asked
from blogapp.web.rendering import render

NEWEST = "newest"
REFUSALS = (Invalid, Forbidden, NotFound, Conflict)
"""Told on the page of the form, which comes back filled."""
SAID = "Your comment is there."
WAITS = "Your comment is kept. It appears once somebody who looks after this post has seen it."


async def below(post: Any, *, is_asked: bool) -> dict[str, Any]:
    """What the page of a post shows of its comments; `is_asked` where its address has a query that may say which.

    To a stranger, of a post under which nobody has said anything, as little as can be: most pages are of these.
    """
    if not (post.comments_count or is_asked or actor().is_authenticated):
        return {"talk": None, "is_open": documents.is_open(post)}
    asked, newest, answers = Slice(1, THREADS_A_PAGE), False, 1
    if is_asked:
        newest = query().get("comments") == NEWEST
        asked, answers = page_asked(THREADS_A_PAGE), number_asked("answers")
    return {
        "talk": await documents.talk(post, asked, newest=newest, answers=answers),
        "talk_url": lambda *which: _address(post, *which),
        "form": Form(CommentForm),
        "is_editable": lambda row: now() - row.created_at < EDITED_WITHIN,
        "letters": await documents.letters(post) if resources().mail is not None else None,
    }


@main.post("/posts/<id:id>/comments")
@signed_in
@keeps("content")
@limited("comment")
async def write_comment(id: int) -> ResponseReturnValue:
    form = await read(CommentForm)
    if form.data is None:
        return await _answer_page(form, id, 422)
    try:
        comment = await saying.say(id, form.data, is_odd=bool(form.data.website))
    except REFUSALS as error:
        form.refuse(error)
        return await _answer_page(form, id, error.status)
    await flash(WAITS if comment.state == WAITING else SAID, "info" if comment.state == WAITING else "success")
    return redirect(comment_address(comment.id), 303)


@main.get("/comments")
async def newest_comments() -> ResponseReturnValue:
    """Of all posts."""
    rows = await queries.newest(db())
    keep("comments", "posts", "authors")
    return render("comments/newest.html", rows=rows)


@main.get("/posts/<id:id>/comments")
async def comments_of_post(id: int) -> ResponseReturnValue:
    return redirect(f"{post_url(await readable(id))}#comments", 303)


@main.get("/comments/<id:id>")
async def comment(id: int) -> ResponseReturnValue:
    """Where it stands, among however many."""
    row, post = await documents.found(id)
    number, answers = await queries.place(db(), row, actor(), moderates=may_edit(actor(), post))
    return redirect(f"{_address(post, number, '', answers)}#comment-{row.id}", 303)


@main.get("/comments/<id:id>/reply")
@signed_in
async def reply(id: int) -> ResponseReturnValue:
    row, _ = await documents.found(id)
    return await _answer_page(Form(CommentForm, {"reply_to": row.id}), row.post_id)


@main.get("/comments/<id:id>/edit")
@signed_in
async def edit_comment(id: int) -> ResponseReturnValue:
    row, post = await documents.found(id)
    return _edit_page(Form(CommentChange, {"content": row.content}), row, post)


@main.post("/comments/<id:id>/edit")
@signed_in
@keeps("content")
@limited("comment")
async def save_comment(id: int) -> ResponseReturnValue:
    form = await read(CommentChange)
    row, post = await documents.found(id)
    if form.data is None:
        return _edit_page(form, row, post, 422)
    try:
        await saying.change(id, form.data.content)
    except REFUSALS as error:
        form.refuse(error)
        return _edit_page(form, row, post, error.status)
    await flash("Your changes are saved.", "success")
    return redirect(comment_address(id), 303)


@main.post("/comments/<id:id>/delete")
@signed_in
@limited("write")
async def remove_comment(id: int) -> ResponseReturnValue:
    _, post = await documents.found(id)
    await saying.remove(id)
    await flash("The comment is deleted.", "info")
    return redirect(f"{post_url(post)}#comments", 303)


@main.get("/comments/<id:id>/report")
@signed_in
async def report_comment(id: int) -> ResponseReturnValue:
    row, post = await documents.found(id)
    return render("comments/report.html", row=row, post=post, form=Form(ReportDraft))


@main.post("/comments/<id:id>/report")
@signed_in
@limited("write")
async def send_report(id: int) -> ResponseReturnValue:
    form = await read(ReportDraft)
    row, post = await documents.found(id)
    if form.data is None:
        return render("comments/report.html", 422, row=row, post=post, form=form)
    try:
        await saying.report(id, form.data.reason)
    except Conflict as error:
        form.refuse(error)
        return render("comments/report.html", 409, row=row, post=post, form=form)
    await flash("Thank you. Those who look after this post are shown the comment.", "success")
    return redirect(comment_address(id), 303)


async def _answer_page(form: Form[CommentForm], post_id: int, status: int = 200) -> ResponseReturnValue:
    """A page of its own: what it answers, and the form with what was typed."""
    post, answered = await readable(post_id), None
    number = form.values["reply_to"]
    if number.isdecimal() and len(number) < 10:
        try:
            answered, _ = await documents.found(int(number))
        except BlogError:
            form.values["reply_to"] = ""
    asks = resources().mail is not None and not (await documents.letters(post)).wanted
    return render("comments/answer.html", status, post=post, form=form, answered=answered, asks=asks)


def _edit_page(form: Form[CommentChange], row: Any, post: Any, status: int = 200) -> ResponseReturnValue:
    return render("comments/edit.html", status, row=row, post=post, form=form, is_own=row.user_id == actor().id)


def _address(post: Any, number: int = 1, order: str = "", answers: int = 1) -> str:
    asked = {**({"comments": order} if order else {}), **({"page": number} if number > 1 else {})}
    if answers > 1:
        asked["answers"] = answers
    return post_url(post) + (f"?{urlencode(asked)}" if asked else "")
