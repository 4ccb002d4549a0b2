"""Registering, signing in and out."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect, request, session
from quart.typing import ResponseReturnValue

from blogapp.accounts import access, authentication, schemas, service
from blogapp.errors import Conflict, Unauthenticated
from blogapp.infra import outbox
from blogapp.web import auth as cookie
from blogapp.web.addresses import site, url_for, with_next
from blogapp.web.blueprints import auth
from blogapp.web.context import actor, client_address, client_network, db, query, resources
from blogapp.web.forms import Form, read
from blogapp.web.limits import hit
from blogapp.web.rendering import render

NEW_EMAIL = "new_email"
"""Carried from the registration to the login form, once."""


@auth.get("/register")
async def register() -> ResponseReturnValue:
    if actor().is_authenticated:
        return _onward()
    if not _is_open():
        return render("auth/closed.html")
    return _page("auth/register.html", Form(schemas.Registration))


@auth.post("/register")
async def create_account() -> ResponseReturnValue:
    if actor().is_authenticated:
        return _onward()
    if not _is_open():
        return render("auth/closed.html", 403)
    form = await read(schemas.Registration)
    if form.data is None:
        return _page("auth/register.html", form, 422)
    await hit("register", client_network())
    password_hash = await authentication.hash_password(form.data.password.get_secret_value())
    address = site(resources().settings.site_url)
    try:
        async with db().transaction() as act:
            user = await service.register(act, form.data, password_hash)
            if resources().mail is not None:
                await outbox.put(act, "welcome", f"welcome.{user.id}", user_id=user.id, site=address)
    except Conflict as error:
        form.refuse(error)
        return _page("auth/register.html", form, 409)
    session[NEW_EMAIL] = form.data.email
    await flash("Account created! Please log in.", "success")
    return redirect(with_next("auth.login", _next()), 303)


@auth.get("/login")
async def login() -> ResponseReturnValue:
    if actor().is_authenticated:
        return _onward()
    known = {"email": session.pop(NEW_EMAIL)} if NEW_EMAIL in session else {}
    return _page("auth/login.html", Form(schemas.Login, known))


@auth.post("/login")
async def sign_in() -> ResponseReturnValue:
    if actor().is_authenticated:
        return _onward()
    form = await read(schemas.Login)
    if form.data is None:
        return _page("auth/login.html", form, 422)
    asked = form.data
    try:
        account, renewed = await authentication.by_password(asked.email, asked.password.get_secret_value())
        async with db().transaction() as act:
            secret = await access.sign_in(
                act,
                account,
                renewed,
                remembered=asked.remember_me,
                user_agent=request.headers.get("User-Agent", ""),
                address=client_address(),
            )
    except Unauthenticated as error:
        form.refuse(error)
        return _page("auth/login.html", form, 401)
    cookie.remember(secret, remembered=asked.remember_me)
    return _onward()


@auth.get("/logout")
async def logout() -> ResponseReturnValue:
    if not actor().is_authenticated:
        return redirect(url_for("main.index"), 303)
    return render("auth/logout.html")


@auth.post("/logout")
async def sign_out() -> ResponseReturnValue:
    if actor().is_authenticated:
        async with db().transaction() as act:
            await access.sign_out(act, actor())
    cookie.forget()
    await flash("You have been logged out.", "info")
    return redirect(url_for("main.index"), 303)


def _is_open() -> bool:
    return resources().settings.registration == "open"


def _onward() -> ResponseReturnValue:
    return redirect(_next() or url_for("main.index"), 303)


def _page(name: str, form: Form[Any], status: int = 200) -> ResponseReturnValue:
    """Login and registration lead to each other; both remember the page that asked for an account."""
    wanted = _next()
    return render(
        name,
        status,
        form=form,
        wanted=wanted,
        login_url=with_next("auth.login", wanted),
        register_url=with_next("auth.register", wanted),
    )


def _next() -> str | None:
    return cookie.safe_next(query().get("next"))
