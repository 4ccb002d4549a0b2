"""What an account tells of itself, in the browser."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.accounts import queries, service
from blogapp.accounts.schemas import ProfileForm
from blogapp.errors import Unauthenticated
from blogapp.web.addresses import author_url
from blogapp.web.auth import require_actor, signed_in
from blogapp.web.blueprints import settings
from blogapp.web.context import actor, db, resources
from blogapp.web.forms import Form, keeps, read
from blogapp.web.limits import limited
from blogapp.web.rendering import render


@settings.get("/profile")
@signed_in
async def profile() -> ResponseReturnValue:
    return await page()


async def page(status: int = 200, form: Form[ProfileForm] | None = None, *, wrong: str = "") -> ResponseReturnValue:
    """`form` is what was typed, else what is kept; `wrong` is why a picture was not taken."""
    account = await queries.by_id(db(), actor().id or 0)
    if account is None:
        raise Unauthenticated("This account was deleted.")
    told = {
        "display_name": account.profile_name or "",
        "bio": account.profile_bio or "",
        "links": account.profile_links or "",
    }
    return render(
        "settings/profile.html",
        status,
        form=form or Form(ProfileForm, told),
        account=account,
        wrong=wrong,
        largest=resources().settings.media_max_bytes // 1024**2,
    )


@settings.post("/profile")
@signed_in
@limited("write")
@keeps("display_name", "bio", "links")
async def change_profile() -> ResponseReturnValue:
    form = await read(ProfileForm)
    if form.data is None:
        return await page(422, form)
    async with db().transaction() as session:
        await service.introduce(session, require_actor(), await service.get(session, actor().id or 0), form.data)
    await flash("Your profile is saved.", "success")
    return redirect(author_url(actor().username), 303)
