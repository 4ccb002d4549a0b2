"""What mails lead to: a new password for one that was forgotten, and addresses confirmed."""

from __future__ import annotations

import secrets

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import authentication, links, queries, schemas, service
from blogapp.accounts.models import CONFIRM, RESET
from blogapp.accounts.secrets import digest
from blogapp.errors import NotFound
from blogapp.infra import audit, outbox
from blogapp.web import auth as cookie
from blogapp.web.addresses import site, url_for
from blogapp.web.blueprints import auth
from blogapp.web.context import client_address, client_network, db, resources
from blogapp.web.forms import Form, read
from blogapp.web.limits import hit, limited
from blogapp.web.rendering import render

SENT = "If that address has an account here, a mail with a link is on its way to it."
"""The same for everybody: who has an account is nobody else's business."""


@auth.get("/forgot")
async def forgot() -> ResponseReturnValue:
    if resources().mail is None:
        return render("auth/no_mail.html")
    return render("auth/forgot.html", form=Form(schemas.Forgotten))


@auth.post("/forgot")
async def ask_for_reset() -> ResponseReturnValue:
    """Only a row is written; whose address it is, the task finds out. So all answers take the same time."""
    if resources().mail is None:
        return render("auth/no_mail.html", 503)
    form = await read(schemas.Forgotten)
    if form.data is None:
        return render("auth/forgot.html", 422, form=form)
    await hit("forgot_address", client_network())
    await hit("forgot", digest(form.data.email.lower()))
    async with db().transaction() as act:
        await outbox.put(
            act,
            "reset",
            f"reset.{secrets.token_hex(16)}",
            email=form.data.email,
            site=site(resources().settings.site_url),
        )
        audit.note(act, "password reset asked for", address=client_address())
    await flash(SENT, "info")
    return redirect(url_for("auth.login"), 303)


@auth.get("/reset/<secret>")
async def reset(secret: str) -> ResponseReturnValue:
    account = await queries.link(db(), digest(secret), RESET)
    if account is None:
        return _gone()
    return _unkept("auth/reset.html", form=Form(schemas.PasswordReset), secret=secret, account=account)


@auth.post("/reset/<secret>")
async def set_password(secret: str) -> ResponseReturnValue:
    await hit("forgot_address", client_network())
    account = await queries.link(db(), digest(secret), RESET)
    if account is None:
        return _gone()
    form = await read(schemas.PasswordReset)
    if form.data is None:
        return _unkept("auth/reset.html", 422, form=form, secret=secret, account=account)
    password_hash = await authentication.hash_password(form.data.password.get_secret_value())
    try:
        async with db().transaction() as act:
            user = await links.take(act, secret, RESET)
            await service.set_password(act, user, password_hash)
    except NotFound:
        return _gone()
    cookie.forget()
    await flash("Your password is changed. Please log in with the new one.", "success")
    return redirect(url_for("auth.login"), 303)


@auth.get("/confirm/<secret>")
async def confirm(secret: str) -> ResponseReturnValue:
    """A button, since programs that look at mail follow its links."""
    account = await queries.link(db(), digest(secret), CONFIRM)
    return _unkept("auth/confirm.html", secret=secret, account=account) if account else _gone()


@auth.post("/confirm/<secret>")
@limited("write")
async def confirm_address(secret: str) -> ResponseReturnValue:
    try:
        async with db().transaction() as act:
            await links.take(act, secret, CONFIRM)
    except NotFound:
        return _gone()
    await flash("Thank you, your e-mail address is confirmed.", "success")
    return redirect(url_for("main.index"), 303)


def _gone() -> ResponseReturnValue:
    return render("auth/gone.html", 404, message=links.GONE)


def _unkept(name: str, code: int = 200, **context: object) -> ResponseReturnValue:
    """The Back button shows nobody else what came by mail."""
    page = render(name, code, **context)
    page.headers["Cache-Control"] = "no-store"
    return page
