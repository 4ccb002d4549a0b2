"""Letters about the comments of a post, as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.comments import documents, saying
from blogapp.comments.documents import COMMENTS
from blogapp.comments.schemas import CommentLetters
from blogapp.posts.documents import NO_POST
from blogapp.posts.editing import readable
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.documents import answer
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Operation


@api.get("/posts/<id:post_id>/comments/letters")
@Operation("Read whether you get letters", COMMENTS, CommentLetters, access=ACCOUNT, refusals=NO_POST)
async def read_letters(post_id: int) -> Response:
    """About the comments of this post: as one of its authors, as somebody who has asked so in a comment, or by the call below."""
    require_actor()
    return await _letters(post_id)


@api.put("/posts/<id:post_id>/comments/letters")
@Operation("Follow the comments of a post", COMMENTS, CommentLetters, access=ACCOUNT, refusals=NO_POST)
@limited("write")
async def follow_comments(post_id: int) -> Response:
    """A letter about each new one, to an address that you have confirmed, where the blog sends mail."""
    await saying.follow(post_id)
    return await _letters(post_id)


@api.delete("/posts/<id:post_id>/comments/letters")
@Operation("Follow the comments of a post no more", COMMENTS, CommentLetters, access=ACCOUNT, refusals=NO_POST)
@limited("write")
async def leave_comments(post_id: int) -> Response:
    """No more letters about them, whatever you asked for before, and not as an author either; also where you can't
    read the post any more.
    """
    await saying.unfollow(post_id)
    return answer(CommentLetters(letters=False, waits=False))


async def _letters(post_id: int) -> Response:
    found = await documents.letters(await readable(post_id))
    return answer(CommentLetters(letters=found.wanted, waits=found.waits))
