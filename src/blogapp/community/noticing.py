"""What somebody is told of is written down in the act's own transaction, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import bylines
from blogapp.accounts.models import User
from blogapp.comments.events import CommentAppears
from blogapp.comments.models import Comment
from blogapp.community.events import NoticeCreated
from blogapp.community.models import APPROVAL, FOLLOW, MENTION, REPLY, DigestMute, Kind, Notice
from blogapp.infra.db import insert_into, now
from blogapp.infra.events import Events, tell
from blogapp.mentions import mentioned
from blogapp.posts.events import PostAppears
from blogapp.posts.models import Post

KEPT = timedelta(days=180)
DAILY = "daily letters"
"""Purpose of the links that end them."""


@dataclass(frozen=True, slots=True)
class About:
    """What somebody is told of: a comment under a post, a post, or neither."""

    post_id: int | None = None
    slug: str = ""
    comment_id: int | None = None


def subscribe(events: Events) -> None:
    events.partake(PostAppears, _note_post)
    events.partake(CommentAppears, _note_comment)


async def note_follow(session: AsyncSession, author_id: int, follower_id: int) -> None:
    """Who stops and starts again is told of once."""
    await _note(session, author_id, FOLLOW, follower_id)


async def see(session: AsyncSession, user_id: int, up_to: int) -> None:
    """All up to this one are seen."""
    rows = update(Notice).where(Notice.user_id == user_id, Notice.id <= up_to, Notice.seen_at.is_(None))
    await session.execute(rows.values(seen_at=now()), execution_options={"synchronize_session": False})


async def send(session: AsyncSession, user_id: int, up_to: int) -> None:
    """A letter has told of all up to this one."""
    rows = update(Notice).where(Notice.user_id == user_id, Notice.id <= up_to)
    await session.execute(rows.values(is_sent=True), execution_options={"synchronize_session": False})


async def turn_digest(session: AsyncSession, user_id: int, *, daily: bool) -> None:
    if daily:
        await session.execute(delete(DigestMute).where(DigestMute.user_id == user_id))
    else:
        await session.execute(insert_into(session, DigestMute).values(user_id=user_id).on_conflict_do_nothing())


async def sweep(session: AsyncSession) -> None:
    """What is old is forgotten, whether it was seen or not."""
    await session.execute(delete(Notice).where(Notice.created_at < now() - KEPT))


async def _note_comment(session: AsyncSession, event: CommentAppears) -> None:
    """Its writer that it is shown now; whom it answers, or else the authors of the post; whom it mentions."""
    about = About(event.post_id, comment_id=event.comment_id)
    if event.waited and event.user_id is not None:
        await _note(session, event.user_id, APPROVAL, None, about)
    answered = await _answered(session, event)
    told = {event.user_id}
    for kind, user_ids in ((REPLY, answered), (MENTION, await _of_names(session, mentioned(event.html)))):
        for user_id in sorted(user_ids - told):
            await _note(session, user_id, kind, event.user_id, about)
        told |= user_ids


async def _note_post(session: AsyncSession, event: PostAppears) -> None:
    """Whom it mentions, but for its authors."""
    for user_id in sorted(await _of_names(session, event.names) - event.author_ids):
        await _note(session, user_id, MENTION, event.by, About(event.post_id, event.slug))


async def _answered(session: AsyncSession, event: CommentAppears) -> set[int]:
    if event.parent_id is not None:
        writer_id = await session.scalar(select(Comment.user_id).where(Comment.id == event.parent_id))
        return {writer_id} if writer_id else set()
    row = (await session.execute(select(Post.user_id, Post.coauthors).where(Post.id == event.post_id))).one()
    return {row.user_id} | bylines.ids(row.coauthors)


async def _of_names(session: AsyncSession, names: Collection[str]) -> set[int]:
    return set(await session.scalars(select(User.id).where(func.lower(User.username).in_(names)))) if names else set()


async def _note(
    session: AsyncSession, user_id: int, kind: Kind, actor_id: int | None, about: About | None = None
) -> None:
    """`about` is None of a follower."""
    about = about or About()
    row = insert_into(session, Notice).values(
        user_id=user_id,
        kind=kind,
        key=_key(kind, actor_id, about),
        actor_id=actor_id,
        comment_id=about.comment_id,
        post_id=None if about.comment_id else about.post_id,
        created_at=now(),
    )
    if await session.scalar(row.on_conflict_do_nothing().returning(Notice.id)) is not None:
        facts = (user_id, kind, actor_id, about.comment_id, about.post_id, about.slug, now())
        tell(session, NoticeCreated(*facts))


def _key(kind: Kind, actor_id: int | None, about: About) -> str:
    """Who is answered is not told of being mentioned as well."""
    if kind == FOLLOW:
        return f"{FOLLOW}.{actor_id}"
    if about.comment_id is None:
        return f"post.{about.post_id}"
    return f"{APPROVAL if kind == APPROVAL else 'said'}.{about.comment_id}"
