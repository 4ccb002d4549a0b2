"""Letters about the comments of a post: asking for them, and where the links in them lead."""

from __future__ import annotations

from typing import Any

from quart import flash, redirect
from quart.typing import ResponseReturnValue

from blogapp.comments import documents, letters, saying
from blogapp.errors import NotFound
from blogapp.posts.editing import readable
from blogapp.web.addresses import post_url
from blogapp.web.auth import signed_in
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.limits import limited
from blogapp.web.rendering import render

FOLLOWED = "You get a letter about each new comment here."
WAITS = "You get a letter about each new comment here once you have confirmed your address: see Settings."


@main.post("/posts/<id:id>/comments/follow")
@signed_in
@limited("write")
async def follow_comments(id: int) -> ResponseReturnValue:
    await saying.follow(id)
    post = await readable(id)
    await flash(WAITS if (await documents.letters(post)).waits else FOLLOWED, "success")
    return redirect(f"{post_url(post)}#letters", 303)


@main.post("/posts/<id:id>/comments/follow/remove")
@signed_in
@limited("write")
async def unfollow_comments(id: int) -> ResponseReturnValue:
    await saying.unfollow(id)
    await flash("You get no more letters about these comments.", "info")
    return redirect(f"{post_url(await readable(id))}#letters", 303)


@main.get("/letters/<signed>")
async def letters_of_post(signed: str) -> ResponseReturnValue:
    """Where the link in a letter leads; mail programs send it to the address below without asking."""
    post_id, _ = letters.read(resources().settings, signed)
    return render("comments/letters.html", post=await _if_readable(post_id), is_done=False)


@main.post("/letters/<signed>")
@limited("write")
async def end_letters(signed: str) -> ResponseReturnValue:
    """RFC 8058: one click, without signing in, whatever has become of the post."""
    post_id, user_id = letters.read(resources().settings, signed)
    async with db().transaction() as session:
        await letters.mute(session, post_id, user_id)
    return render("comments/letters.html", post=await _if_readable(post_id), is_done=True)


async def _if_readable(post_id: int) -> Any:
    try:
        return await readable(post_id)
    except NotFound:
        return None
