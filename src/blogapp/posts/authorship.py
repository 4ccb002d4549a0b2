"""Writing a post together: asked, accepted, left; and what becomes of it when an account is renamed or goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import bylines
from blogapp.accounts.events import UserLeaves, UserRenamed
from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.bylines import Writer
from blogapp.errors import Conflict, Forbidden, NotFound, Violation
from blogapp.infra import audit, outbox
from blogapp.infra.db import insert_into, now
from blogapp.infra.events import Events
from blogapp.posts import appearing, service
from blogapp.posts.events import PostCredited, PostDeleted
from blogapp.posts.models import Post, PostAuthor, owns

TASK = "invite"
MOST = 20
"""People who are asked to write one post along with its first author."""
MOST_TOLD = 500
"""Posts of a deleted account whose readers are told one by one."""

NOBODY = "There is nobody of that name here."
ALREADY = "They write this post already."
FULL = f"A post has at most {MOST} further authors."
NO_INVITATION = "There is no such invitation."
NOT_AMONG = "They are not among the authors of this post."
FIRST = "The first author stays with the post."
NOT_YOURS = "Only the first author or an administrator may remove others."


def subscribe(events: Events) -> None:
    """Joins what happens to accounts."""
    events.partake(UserRenamed, _rename)
    events.partake(UserLeaves, _leave)


async def invite(session: AsyncSession, actor: Actor, post: Post, username: str, site: str) -> None:
    """Asked twice is asked once. Raises Forbidden, and NotFound or Conflict at `username`."""
    service.require_editor(actor, post)
    guest = await _named(session, username)
    if guest is None or guest.suspended_at is not None:
        raise NotFound(NOBODY, Violation("username", NOBODY, "not_found"))
    if guest.id in {post.user_id, *bylines.ids(post.coauthors)}:
        raise Conflict(ALREADY, Violation("username", ALREADY, "duplicate"))
    asked = select(func.count()).select_from(PostAuthor).where(PostAuthor.post_id == post.id)
    if int(await session.scalar(asked) or 0) >= MOST:
        raise Conflict(FULL, Violation("username", FULL, "too_many"))
    if await _put(session, post_id=post.id, user_id=guest.id, invited_by=actor.id, invited_at=now()):
        key = f"{TASK}.{post.id}.{guest.id}"  # who is asked again and again is not written to each time
        await outbox.put(session, TASK, key, post_id=post.id, user_id=guest.id, by=actor.username, site=site)


async def add(session: AsyncSession, post: Post, user_ids: Iterable[int]) -> None:
    """At the operator's word, in this order, without being asked."""
    for place, user_id in enumerate(dict.fromkeys(user_ids)):
        if user_id != post.user_id:
            moment = now() + timedelta(microseconds=place)
            await _put(session, post_id=post.id, user_id=user_id, invited_at=moment, accepted_at=moment)
    await _credit(session, post)


async def accept(session: AsyncSession, actor: Actor, post_id: int) -> None:
    """Raises NotFound."""
    post, asked = await _invitation(session, actor, post_id)
    asked.accepted_at = now()
    await _credit(session, post)


async def decline(session: AsyncSession, actor: Actor, post_id: int) -> None:
    """Raises NotFound."""
    _, asked = await _invitation(session, actor, post_id)
    await session.delete(asked)


async def remove(session: AsyncSession, actor: Actor, post: Post, username: str) -> None:
    """Also an invitation, by whoever made it. Everybody may leave by themselves. Raises Forbidden, NotFound."""
    service.require_editor(actor, post)
    user = await _named(session, username)
    found = await session.get(PostAuthor, (post.id, user.id)) if user else None
    if user is not None and user.id == post.user_id:
        raise Forbidden(FIRST)
    if user is None or found is None:
        raise NotFound(NOT_AMONG)
    withdraws = found.accepted_at is None and found.invited_by == actor.id
    if not (owns(actor, post.user_id) or user.id == actor.id or withdraws):
        raise Forbidden(NOT_YOURS)
    await session.delete(found)
    await _credit(session, post)
    audit.note(session, "author removed", post_id=post.id, user_id=user.id, by=actor.id)


async def _invitation(session: AsyncSession, actor: Actor, post_id: int) -> tuple[Post, PostAuthor]:
    post = await session.get(Post, post_id, with_for_update=True)
    asked = await session.get(PostAuthor, (post_id, actor.id))
    if post is None or post.trashed_at is not None or asked is None or asked.accepted_at is not None:
        raise NotFound(NO_INVITATION)
    return post, asked


async def _named(session: AsyncSession, username: str) -> User | None:
    if "\0" in username:  # which PostgreSQL could not even look for
        return None
    found: User | None = await session.scalar(select(User).where(func.lower(User.username) == func.lower(username)))
    return found


async def _put(session: AsyncSession, **facts: Any) -> bool:
    statement = insert_into(session, PostAuthor).values(**facts).on_conflict_do_nothing().returning(PostAuthor.user_id)
    return await session.scalar(statement) is not None


async def _credit(session: AsyncSession, post: Post) -> None:
    """Its row names those who have accepted. Neither its text nor its time has changed."""
    await session.flush()
    before = bylines.ids(post.coauthors)
    names = select(User.id, User.username, User.profile_name).join(PostAuthor, PostAuthor.user_id == User.id)
    accepted = names.where(PostAuthor.post_id == post.id, PostAuthor.accepted_at.is_not(None))
    rows = (await session.execute(accepted.order_by(PostAuthor.accepted_at, User.id))).all()
    packed = bylines.pack(Writer(*row) for row in rows if row.id != post.user_id)
    if packed != post.coauthors:
        await service.write_beside(session, post, coauthors=packed)
        _tell(session, post, before)


def _tell(session: AsyncSession, post: Post, before: frozenset[int]) -> None:
    if seen := appearing.places(post):
        appearing.tell_of(session, PostCredited, post, seen, coauthor_ids=before | bylines.ids(post.coauthors))


async def _rename(session: AsyncSession, event: UserRenamed) -> None:
    for post in await _joined(session, event.user_id):
        await _credit(session, post)


async def _leave(session: AsyncSession, event: UserLeaves) -> None:
    """What others wrote along passes to the first of them; what nobody else wrote goes, and its readers are told."""
    joined = await _joined(session, event.user_id)
    await session.execute(delete(PostAuthor).where(PostAuthor.user_id == event.user_id))
    for post in joined:
        await _credit(session, post)
    own = select(Post).where(Post.user_id == event.user_id).order_by(Post.id)
    for post in await session.scalars(own.where(Post.coauthors.is_not(None)).with_for_update()):
        await _pass_on(session, post)
    visible = own.where(Post.trashed_at.is_(None), Post.coauthors.is_(None)).order_by(None)
    for post in await session.scalars(visible.order_by(Post.published_at.desc(), Post.id).limit(MOST_TOLD)):
        if seen := appearing.places(post):
            appearing.tell_of(session, PostDeleted, post, seen)


async def _pass_on(session: AsyncSession, post: Post) -> None:
    """Its series was its author's, and goes."""
    heir, left = bylines.unpack(post.coauthors)[0], post.user_id
    await session.execute(delete(PostAuthor).where(PostAuthor.post_id == post.id, PostAuthor.user_id == heir.id))
    await service.write_beside(session, post, user_id=heir.id, series_id=None, series_position=None)
    await _credit(session, post)
    audit.note(session, "post passed on", post_id=post.id, from_id=left, to_id=heir.id)


async def _joined(session: AsyncSession, user_id: int) -> list[Post]:
    """Locked in the order of their ids; those they are only asked to, too, so that nobody accepts at this moment."""
    ids = select(PostAuthor.post_id).where(PostAuthor.user_id == user_id)
    query = select(Post).where(Post.id.in_(ids)).order_by(Post.id).with_for_update()
    return list(await session.scalars(query))
