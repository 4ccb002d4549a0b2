"""Letters about the comments of a post: asking for them, and where the links in them lead."""

from __future__ import annotations

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.comments import letters, saying
from blogapp.posts.editing import readable
from blogapp.web.addresses import post_url
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.limits import limited
from blogapp.web.rendering import render


@main.post("/posts/<id:id>/comments/follow")
@signed_in
@limited("write")
async def follow_comments(id: int) -> ResponseReturnValue:
    await saying.follow(id)
    await flash("You get a letter about each new comment here, to the address that you have confirmed.", "success")
    return redirect(f"{post_url(await readable(id))}#comments", 303)


@main.post("/posts/<id:id>/comments/follow/remove")
@signed_in
@limited("write")
async def unfollow_comments(id: int) -> ResponseReturnValue:
    await saying.unfollow(id)
    await flash("You get no more letters about these comments.", "info")
    return redirect(f"{post_url(await readable(id))}#comments", 303)


@main.get("/letters/<signed>")
async def letters_of_post(signed: str) -> ResponseReturnValue:
    """Where the link in a letter leads; mail programs send it to the address below without asking."""
    post_id, _ = letters.read(resources().settings, signed)
    return render("comments/letters.html", post=await readable(post_id), signed=signed, is_done=False)


@main.post("/letters/<signed>")
@limited("write")
async def end_letters(signed: str) -> ResponseReturnValue:
    """RFC 8058: one click, without signing in."""
    post_id, user_id = letters.read(resources().settings, signed)
    post = await readable(post_id)
    async with db().transaction() as session:
        await letters.mute(session, post_id, user_id)
    return render("comments/letters.html", post=post, signed=signed, is_done=True)
