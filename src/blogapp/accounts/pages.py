"""Registering, signing in and out."""

from __future__ import annotations

from quart import flash, redirect, request, url_for
from quart.typing import ResponseReturnValue

from blogapp.accounts import authentication, schemas, service
from blogapp.errors import Conflict, Unauthenticated
from blogapp.web import auth as cookie
from blogapp.web.blueprints import auth
from blogapp.web.context import actor, client_address, client_network, db, query, resources
from blogapp.web.forms import Form, read
from blogapp.web.limits import hit
from blogapp.web.rendering import render


@auth.get("/register")
async def register() -> ResponseReturnValue:
    if actor().is_authenticated:
        return redirect(url_for("main.index"), 303)
    if not _is_open():
        return render("auth/closed.html")
    return render("auth/register.html", form=Form(schemas.Registration))


@auth.post("/register")
async def create_account() -> ResponseReturnValue:
    if actor().is_authenticated:
        return redirect(url_for("main.index"), 303)
    if not _is_open():
        return render("auth/closed.html", 403)
    form = await read(schemas.Registration)
    if form.data is None:
        return render("auth/register.html", 422, form=form)
    await hit("register", client_network())
    password_hash = await authentication.hash_password(form.data.password.get_secret_value())
    try:
        async with db().transaction() as session:
            await service.register(session, form.data, password_hash)
    except Conflict as error:
        form.refuse(error)
        return render("auth/register.html", 409, form=form)
    await flash("Account created! Please log in.", "success")
    return redirect(url_for("auth.login"), 303)


@auth.get("/login")
async def login() -> ResponseReturnValue:
    if actor().is_authenticated:
        return redirect(url_for("main.index"), 303)
    return _login_page(Form(schemas.Login))


@auth.post("/login")
async def sign_in() -> ResponseReturnValue:
    form = await read(schemas.Login)
    if form.data is None:
        return _login_page(form, 422)
    asked = form.data
    try:
        account, renewed = await authentication.by_password(asked.email, asked.password.get_secret_value())
        async with db().transaction() as session:
            secret = await service.sign_in(
                session,
                account,
                renewed,
                remembered=asked.remember_me,
                user_agent=request.headers.get("User-Agent", ""),
                address=client_address(),
            )
    except Unauthenticated as error:
        form.refuse(error)
        return _login_page(form, 401)
    cookie.remember(secret, remembered=asked.remember_me)
    return redirect(cookie.safe_next(query().get("next")) or url_for("main.index"), 303)


@auth.get("/logout")
async def logout() -> ResponseReturnValue:
    if not actor().is_authenticated:
        return redirect(url_for("main.index"), 303)
    return render("auth/logout.html")


@auth.post("/logout")
async def sign_out() -> ResponseReturnValue:
    if actor().is_authenticated:
        async with db().transaction() as session:
            await service.sign_out(session, actor())
    cookie.forget()
    await flash("You have been logged out.", "info")
    return redirect(url_for("main.index"), 303)


def _is_open() -> bool:
    return resources().settings.registration == "open"


def _login_page(form: Form[schemas.Login], status: int = 200) -> ResponseReturnValue:
    target = cookie.safe_next(query().get("next"))
    action = url_for("auth.login", next=target) if target else url_for("auth.login")
    return render("auth/login.html", status, form=form, action=action)
