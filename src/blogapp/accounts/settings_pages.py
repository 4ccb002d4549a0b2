"""What people can change about their own account."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from quart import flash, redirect
from quart.typing import ResponseReturnValue
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts import access, authentication, queries, schemas, service
from blogapp.accounts.devices import device
from blogapp.errors import Conflict, Invalid, Unauthenticated, Unavailable
from blogapp.infra import outbox
from blogapp.web import auth as cookie
from blogapp.web.addresses import site, url_for
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import settings
from blogapp.web.context import actor, db, resources
from blogapp.web.forms import Form, read
from blogapp.web.limits import limited
from blogapp.web.rendering import render

Confirmed = TypeVar("Confirmed", schemas.PasswordChange, schemas.EmailChange)


@settings.get("")
@signed_in
async def index() -> ResponseReturnValue:
    return await _page()


@settings.post("/password")
@signed_in
async def change_password() -> ResponseReturnValue:
    form = await read(schemas.PasswordChange)
    if refused := await _refused(form, _give_password):
        return await _page(refused, password_form=form)
    cookie.forget()
    await flash("Your password is changed. Please log in with the new one.", "success")
    return redirect(url_for("auth.login"), 303)


@settings.post("/email")
@signed_in
async def change_email() -> ResponseReturnValue:
    form = await read(schemas.EmailChange)
    if refused := await _refused(form, _give_email):
        return await _page(refused, email_form=form)
    await flash("Your e-mail address is changed.", "success")
    return redirect(url_for("settings.index"), 303)


@settings.post("/email/confirm")
@signed_in
@limited("forgot")
async def send_confirmation() -> ResponseReturnValue:
    """Once more the link that came with the welcome."""
    if resources().mail is None:
        raise Unavailable("This blog can't send mail.")
    address = site(resources().settings.site_url)
    async with db().transaction() as session:
        await _ask_for_confirmation(session, address)
    await flash("A mail with a link is on its way to you.", "info")
    return redirect(url_for("settings.index"), 303)


@settings.post("/sessions/<id>/end")
@signed_in
@limited("write")
async def end_session(id: str) -> ResponseReturnValue:
    async with db().transaction() as session:
        await access.end_session(session, actor(), id)
    if id == actor().session_id:
        cookie.forget()
    await flash("That session is ended.", "success")
    return redirect(url_for("settings.index"), 303)


@settings.post("/sessions/end-others")
@signed_in
@limited("write")
async def end_other_sessions() -> ResponseReturnValue:
    async with db().transaction() as session:
        await access.end_other_sessions(session, actor())
    await flash("All other sessions are ended.", "success")
    return redirect(url_for("settings.index"), 303)


@settings.post("/tokens")
@signed_in
@limited("write")
async def create_token() -> ResponseReturnValue:
    form = await read(schemas.TokenForm)
    if form.data is None:
        return await _page(422, token_form=form)
    async with db().transaction() as session:
        _, secret = await access.make_token(session, actor().id or 0, form.data.name, form.data.expires_in_days)
    return await _page(201, new_token=secret)


@settings.post("/tokens/<id:id>/revoke")
@signed_in
@limited("write")
async def revoke_token(id: int) -> ResponseReturnValue:
    async with db().transaction() as session:
        await access.revoke_token(session, actor(), id)
    await flash("That token is revoked.", "success")
    return redirect(url_for("settings.index"), 303)


async def _refused(form: Form[Confirmed], act: Callable[[Any, Confirmed], Awaitable[None]]) -> int | None:
    """Do what the account's owner asks for with the current password, or say in the form why not: with this status."""
    if form.data is None:
        return 422
    try:
        account = await authentication.confirm(actor(), form.data.current_password.get_secret_value())
        await act(account, form.data)
    except (Invalid, Conflict, Unauthenticated) as error:
        form.refuse(error)
        return error.status
    return None


async def _give_password(account: Any, asked: schemas.PasswordChange) -> None:
    password_hash = await authentication.hash_password(asked.new_password.get_secret_value())
    async with db().transaction() as session:
        await service.change_password(session, account, password_hash)


async def _give_email(account: Any, asked: schemas.EmailChange) -> None:
    async with db().transaction() as session:
        await service.change_email(session, account, asked.email)
        await _ask_for_confirmation(session, site(resources().settings.site_url))


async def _ask_for_confirmation(session: AsyncSession, address: str) -> None:
    if resources().mail is not None:
        await outbox.put(session, "confirm", f"confirm.{secrets.token_hex(16)}", user_id=actor().id, site=address)


async def _page(status: int = 200, **forms: Any) -> ResponseReturnValue:
    account = await queries.by_id(db(), actor().id or 0)
    sessions = await queries.sessions(db(), actor().id or 0)
    tokens = await queries.tokens(db(), actor().id or 0)
    if account is None:
        raise Unauthenticated("This account was deleted.")
    empty: dict[str, Any] = {
        "password_form": Form(schemas.PasswordChange),
        "email_form": Form(schemas.EmailChange, {"email": account.email}),
        "token_form": Form(schemas.TokenForm),
        "new_token": None,
    }
    shown = [
        {**row._asdict(), "current": row.id == actor().session_id, "device": device(row.user_agent)} for row in sessions
    ]
    confirmation = {
        "confirmed": await queries.is_confirmed(db(), account.id),
        "has_mail": resources().mail is not None,
    }
    page = render(
        "settings/index.html",
        status,
        account=account,
        **confirmation,
        sessions=shown,
        tokens=tokens,
        **(empty | forms),
    )
    page.headers["Cache-Control"] = "no-store"  # after logging out, the Back button shows nobody the address
    return page
