"""Acts on comments. Each takes the session of its caller's transaction, and holds the post while it lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.events import UserLeaves
from blogapp.actor import Actor
from blogapp.comments import letters
from blogapp.comments.events import (
    CommentAppears,
    CommentChanged,
    CommentCreated,
    CommentDeleted,
    CommentEvent,
    CommentsTurned,
)
from blogapp.comments.markdown import links
from blogapp.comments.models import DELETED, SHOWN, WAITING, Comment, CommentReport, State
from blogapp.comments.schemas import CommentDraft
from blogapp.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Violation, taken
from blogapp.infra import audit
from blogapp.infra.db import insert_into, now
from blogapp.infra.events import Events, consult, tell
from blogapp.posts import appearing
from blogapp.posts import service as posts
from blogapp.posts.models import Post, may_edit

EDITED_WITHIN = timedelta(minutes=15)
MOST_LINKS = 2
"""In a comment of somebody whom nobody here knows yet."""
MOST_TOLD = 500
"""Posts of which is told that somebody took their comments along."""

NO_COMMENT = "There is no such comment."
NOT_THERE = "There is no such post, or the comment that is answered is gone."
CLOSED = "The comments of this post are closed."
NOT_PUBLIC = "A post is commented on once others can read it."
TWICE = "You have said just this here already."
TOO_MANY_LINKS = f"Your first comments can have {MOST_LINKS} links at most."
NOT_YOURS = "Only who wrote a comment can change it."
TOO_LATE = f"A comment can be changed for {EDITED_WITHIN.seconds // 60} minutes."
NOT_THEIRS_TO_SAY = "Only the authors of the post and administrators decide that."
OWN = "This is your own comment: you can delete it."


class Saying(NamedTuple):
    """What somebody says, with what `markdown.render` makes of it, where, and whether something about it is odd."""

    draft: CommentDraft
    html: str
    site: str = ""
    is_odd: bool = False


def subscribe(events: Events) -> None:
    events.partake(UserLeaves, _leave)


def is_open(post: Post, days: int) -> bool:
    """Whether more can be said. `days` after a post has appeared its comments close by themselves; 0 is never."""
    if post.comments_closed_at is not None:
        return False
    return not days or post.published_at is None or now() - post.published_at < timedelta(days=days)


async def write(session: AsyncSession, actor: Actor, post: Post, saying: Saying) -> Comment:
    """It waits until somebody has looked at it where nobody knows its writer, or it is odd.

    Raises Unauthenticated; Invalid and Conflict at `content`, NotFound at `reply_to`.
    """
    draft = saying.draft
    if actor.id is None:
        raise Unauthenticated("Please log in first.")
    is_known = may_edit(actor, post) or await _is_known(session, actor.id)
    if not is_known and links(saying.html) > MOST_LINKS:
        raise Invalid(TOO_MANY_LINKS, Violation("content", TOO_MANY_LINKS, "too_many_links"))
    parent = await _answered(session, post, draft.reply_to) if draft.reply_to else None
    comment = Comment(
        post_id=post.id,
        user_id=actor.id,
        parent_id=parent.id if parent else None,
        root_id=(parent.root_id or parent.id) if parent else None,
        state=SHOWN if is_known and not saying.is_odd else WAITING,
        tells=draft.tells,
    )
    _fill(comment, draft.content, saying.html)
    session.add(comment)
    await _flush(session)
    if draft.tells:
        await letters.unmute(session, post.id, actor.id)
    await _count(session, post)
    if comment.state == SHOWN:
        await _appears(session, comment)
        _tell(session, CommentCreated, post, comment)
    await letters.announce(session, comment, "everybody" if comment.state == SHOWN else "authors", saying.site)
    return comment


async def held(session: AsyncSession, actor: Actor, comment_id: int) -> tuple[Post, Comment]:
    """A comment and its post, locked. Raises NotFound, also for what `actor` may not read."""
    post_id = await session.scalar(select(Comment.post_id).where(Comment.id == comment_id))
    if post_id is None:
        raise NotFound(NO_COMMENT)
    post = await posts.get(session, actor, post_id)
    comment = await session.get(Comment, comment_id, with_for_update=True)
    if comment is None or not may_read(actor, post, comment):
        raise NotFound(NO_COMMENT)
    return post, comment


def may_read(actor: Actor, post: Post, comment: Comment) -> bool:
    """Of a comment under a post that they may read."""
    if comment.state in {SHOWN, DELETED}:
        return comment.state == SHOWN
    return may_edit(actor, post) or (actor.id is not None and comment.user_id == actor.id)


async def change(session: AsyncSession, actor: Actor, held: tuple[Post, Comment], content: str, html: str) -> None:
    """Raises Forbidden for others, and when it is too late; Invalid and Conflict at `content`."""
    post, comment = held
    if comment.user_id != actor.id:
        raise Forbidden(NOT_YOURS)
    if now() - comment.created_at > EDITED_WITHIN:
        raise Forbidden(TOO_LATE)
    if content == comment.content:
        return
    if links(html) > MOST_LINKS and not (may_edit(actor, post) or await _is_known(session, actor.id or 0, comment.id)):
        raise Invalid(TOO_MANY_LINKS, Violation("content", TOO_MANY_LINKS, "too_many_links"))
    _fill(comment, content, html)
    comment.edited_at = now()
    await _flush(session)
    if comment.state == SHOWN:
        await _appears(session, comment)
        _tell(session, CommentChanged, post, comment)


async def remove(session: AsyncSession, actor: Actor, held: tuple[Post, Comment]) -> None:
    """What was said is gone; its place stays where somebody has answered. Raises Forbidden."""
    post, comment = held
    if comment.user_id != actor.id and not may_edit(actor, post):
        raise Forbidden(NOT_YOURS)
    audit.note(
        session, "comment deleted", comment_id=comment.id, post_id=post.id, writer_id=comment.user_id, by=actor.id
    )
    was = comment.state
    comment.state, comment.content, comment.html, comment.digest = DELETED, "", "", None
    comment.user_id, comment.tells = None, False
    await session.execute(delete(CommentReport).where(CommentReport.comment_id == comment.id))
    await session.flush()
    await _count(session, post)
    if was == SHOWN:
        _tell(session, CommentDeleted, post, comment)


async def decide(session: AsyncSession, actor: Actor, held: tuple[Post, Comment], state: State, site: str) -> None:
    """Show it, or hide it; reports of it are settled by that. Raises Forbidden."""
    post, comment = held
    if not may_edit(actor, post):
        raise Forbidden(NOT_THEIRS_TO_SAY)
    await session.execute(delete(CommentReport).where(CommentReport.comment_id == comment.id))
    was, comment.state = comment.state, state
    if was == state:
        return
    await session.flush()
    await _count(session, post)
    if state == SHOWN:
        await _appears(session, comment, waited=was == WAITING)
    _tell(session, CommentCreated if state == SHOWN else CommentDeleted, post, comment)
    if was == WAITING and state == SHOWN:
        await letters.announce(session, comment, "listeners", site)
    audit.note(session, f"comment {state}", comment_id=comment.id, post_id=post.id, by=actor.id)


async def report(session: AsyncSession, actor: Actor, held: tuple[Post, Comment], reason: str) -> None:
    """Once of each account: said again, the first reason stays. Raises Conflict for one's own."""
    _, comment = held
    if comment.user_id == actor.id:
        raise Conflict(OWN)
    row = insert_into(session, CommentReport).values(
        comment_id=comment.id, user_id=actor.id, reason=reason, reported_at=now()
    )
    await session.execute(row.on_conflict_do_nothing())


async def turn(session: AsyncSession, actor: Actor, post: Post, *, closed: bool) -> None:
    """Close the comments of a post, or open them again. Raises Forbidden."""
    posts.require_editor(actor, post)
    if (post.comments_closed_at is not None) != closed:
        await posts.write_beside(session, post, comments_closed_at=now() if closed else None)
        tell(session, CommentsTurned(frozenset({post.id})))


async def _is_known(session: AsyncSession, user_id: int, besides: int = 0) -> bool:
    """Whether a comment of theirs was ever found good."""
    shown = select(Comment.id).where(Comment.user_id == user_id, Comment.state == SHOWN, Comment.id != besides)
    return await session.scalar(shown.limit(1)) is not None


async def _answered(session: AsyncSession, post: Post, comment_id: int) -> Comment:
    found = await session.get(Comment, comment_id)
    if found is None or found.post_id != post.id or found.state != SHOWN:
        said = "The comment you answer is no longer there."
        raise NotFound(said, Violation("reply_to", said, "not_found"))
    return found


def _fill(comment: Comment, content: str, html: str) -> None:
    comment.content, comment.html, comment.digest = content, html, sha256(content.encode()).digest()


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError:
        raise taken("content", TWICE) from None


async def _count(session: AsyncSession, post: Post) -> None:
    number = func.count().label("number")
    of_state = select(Comment.state, number).where(Comment.post_id == post.id).group_by(Comment.state)
    numbers: dict[str, int] = {row.state: row.number for row in await session.execute(of_state)}
    await posts.write_beside(
        session, post, comments_count=numbers.get(SHOWN, 0), comments_waiting=numbers.get(WAITING, 0)
    )


async def _appears(session: AsyncSession, comment: Comment, *, waited: bool = False) -> None:
    facts = (comment.id, comment.post_id, comment.user_id, comment.parent_id, comment.html, waited)
    await consult(session, CommentAppears(*facts))


def _tell(session: AsyncSession, kind: type[CommentEvent], post: Post, comment: Comment) -> None:
    """Those who can read the post."""
    if appearing.places(post):
        tell(session, kind(comment.id, post.id, comment.user_id, post.title, post.slug, now()))


async def _leave(session: AsyncSession, event: UserLeaves) -> None:
    """What others said in answer stays where it is."""
    mine = select(Comment.post_id).where(Comment.user_id == event.user_id).distinct()
    post_ids = list(await session.scalars(mine.order_by(Comment.post_id)))
    gone = {"state": DELETED, "content": "", "html": "", "digest": None, "user_id": None, "tells": False}
    plain = {"synchronize_session": False}
    await session.execute(
        update(Comment).where(Comment.user_id == event.user_id).values(**gone), execution_options=plain
    )
    for state, column in ((SHOWN, "comments_count"), (WAITING, "comments_waiting")):
        number = select(func.count()).where(Comment.post_id == Post.id, Comment.state == state).scalar_subquery()
        rows = update(Post).where(Post.id.in_(post_ids)).values({column: number, "updated_at": Post.updated_at})
        await session.execute(rows, execution_options=plain)
    if post_ids:
        tell(session, CommentsTurned(frozenset(post_ids[-MOST_TOLD:])))


def when_closed(post: Post, days: int) -> datetime | None:
    """When more could last be said; None where it can be."""
    if is_open(post, days):
        return None
    return post.comments_closed_at or (post.published_at or post.created_at) + timedelta(days=days)
