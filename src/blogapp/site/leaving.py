"""Deleting one's account, told what goes along."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import authentication, service
from blogapp.accounts.schemas import AccountDeletion
from blogapp.errors import Invalid, Violation
from blogapp.posts import queries as posts
from blogapp.web import auth as cookie
from blogapp.web.addresses import url_for
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import settings
from blogapp.web.context import actor, db
from blogapp.web.forms import Form, read
from blogapp.web.rendering import render


@settings.get("/delete")
@signed_in
async def delete_account() -> ResponseReturnValue:
    return await _page(Form(AccountDeletion))


@settings.post("/delete")
@signed_in
async def remove_account() -> ResponseReturnValue:
    form = await read(AccountDeletion)
    if form.data is None:
        return await _page(form, 422)
    try:
        _require_own_name(form.data.username)
        await authentication.confirm(actor(), form.data.current_password.get_secret_value())
    except Invalid as error:
        form.refuse(error)
        return await _page(form, 422)
    async with db().transaction() as session:
        await service.remove(session, actor(), await service.get(session, actor().id or 0))
    cookie.forget()
    await flash("Your account and its posts are deleted.", "info")
    return redirect(url_for("main.index"), 303)


def _require_own_name(typed: str) -> None:
    if typed.strip() != actor().username.strip():
        message = f"Type {actor().username} to confirm."
        raise Invalid(message, Violation("username", message, "mismatch"))


async def _page(form: Form[AccountDeletion], status: int = 200) -> ResponseReturnValue:
    post_count = await posts.count_alone(db(), actor().id or 0)
    return render("settings/delete.html", status, form=form, post_count=post_count)
