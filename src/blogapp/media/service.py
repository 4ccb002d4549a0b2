"""Acts on pictures. Each takes the session of its caller's transaction and asks the row who may."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Text, column, delete, exists, func, or_, select, table, update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts import service as accounts
from blogapp.accounts.models import User
from blogapp.actor import Actor
from blogapp.errors import Conflict, Invalid, NotFound, Unauthenticated, Violation
from blogapp.infra import audit, outbox
from blogapp.infra.db import now
from blogapp.infra.storage import FRESH
from blogapp.media.models import Media, MediaUse, may_keep
from blogapp.media.pictures import Picture

SHRINK = "media_shrink"
REMOVE = "media_remove"
"""Tasks."""

MOST_SWEPT = 500
"""Pictures that one sweep removes, so that others who write need not wait."""

NO_MEDIA = "There is no such picture."
WORN = "This is the picture of your profile. Take it away there first."
IN_USE = "This picture is in use. Take it out of your posts first."
FULL = "Your pictures take all the room that one account has here. Delete some that you don't need."

_posts = table("posts", column("id"), column("user_id"), column("trashed_at"))
_post = _posts.c
_authors = table("post_authors", column("post_id"), column("user_id"), column("accepted_at"))
_by = _authors.c
_copies = table("working_copies", column("content", Text), column("beside", Text))
"""What is still being typed: only the sweep asks, of little."""


async def add(session: AsyncSession, actor: Actor, picture: Picture, alt: str, most: int) -> Media:
    """The same picture again is the one that is there. `most` are the bytes that one account may have.

    Raises Unauthenticated for an account that is gone, Invalid for one that is full.
    """
    holder = select(User.id).where(User.id == actor.id).with_for_update(key_share=True)
    if await session.scalar(holder) is None:
        raise Unauthenticated("This account is gone.")
    mine = select(Media).where(Media.user_id == actor.id, Media.name == picture.name)
    if (media := await session.scalar(mine)) is not None:
        media.alt, media.unused_since = alt or media.alt, None
        return media
    held = await session.scalar(select(func.coalesce(func.sum(Media.bytes), 0)).where(Media.user_id == actor.id))
    if int(held or 0) + picture.bytes > most:
        raise Invalid(FULL, Violation("file", FULL, "quota"))
    media = _row(picture, actor.id, alt)
    session.add(media)
    await session.flush()
    await outbox.put(session, SHRINK, f"{SHRINK}.{media.id}", name=media.name, width=media.width, moves=media.moves)
    return media


async def describe(session: AsyncSession, actor: Actor, media_id: int, alt: str) -> Media:
    """Raises NotFound, also for what is another's."""
    media = await _get(session, actor, media_id)
    media.alt = alt
    return media


async def remove(session: AsyncSession, actor: Actor, media_id: int) -> None:
    """Its file goes a little later. Raises NotFound, and Conflict while a post of its owner shows it, also one that others wrote along.

    What others show of it keeps nobody from taking it away, and nothing keeps an administrator.
    """
    media = await _get(session, actor, media_id)
    worn = (User.id == media.user_id, User.profile_picture == media.name)
    if not actor.is_admin and await session.scalar(select(User.id).where(*worn)) is not None:
        raise Conflict(WORN)
    uses = select(MediaUse.post_id).join(_posts, _post.id == MediaUse.post_id)
    along = exists().where(_by.post_id == _post.id, _by.user_id == media.user_id, _by.accepted_at.is_not(None))
    own = or_(_post.user_id == media.user_id, along)
    shown = (MediaUse.name == media.name, MediaUse.is_current, _post.trashed_at.is_(None), own)
    if not actor.is_admin and await session.scalar(uses.where(*shown).limit(1)) is not None:
        raise Conflict(IN_USE)
    wearer = await session.scalar(select(User).where(*worn).with_for_update())
    if wearer is not None:
        await accounts.portray(session, actor, wearer, None)
    await session.delete(media)
    await _forget_file(session, media.id, media.name)
    audit.note(session, "picture deleted", media_id=media.id, name=media.name, owner_id=media.user_id, by=actor.id)


async def sweep(session: AsyncSession, grace: timedelta) -> None:
    """Remove what no post and no profile has shown for as long as `grace`: its time begins when a sweep first sees it unused."""
    used = or_(exists().where(MediaUse.name == Media.name), exists().where(User.profile_picture == Media.name))
    plain = {"synchronize_session": False}
    await session.execute(
        update(Media).where(used, Media.unused_since.is_not(None)).values(unused_since=None), execution_options=plain
    )
    await session.execute(
        update(Media).where(~used, Media.unused_since.is_(None)).values(unused_since=now()), execution_options=plain
    )
    typed = exists().where(or_(_copies.c.content.contains(Media.name), _copies.c.beside.contains(Media.name)))
    long = select(Media.id).where(Media.unused_since <= now() - grace, ~typed).order_by(Media.id).limit(MOST_SWEPT)
    gone = await session.execute(
        delete(Media).where(Media.id.in_(long)).returning(Media.id, Media.name), execution_options=plain
    )
    for row in gone.all():
        await _forget_file(session, row.id, row.name)


async def is_wanted(session: AsyncSession, name: str) -> bool:
    return await session.scalar(select(Media.id).where(Media.name == name).limit(1)) is not None


async def _get(session: AsyncSession, actor: Actor, media_id: int) -> Media:
    media = await session.get(Media, media_id, with_for_update=True)
    if media is None or not may_keep(actor, media.user_id):
        raise NotFound(NO_MEDIA)
    return media


async def _forget_file(session: AsyncSession, media_id: int, name: str) -> None:
    """Once nobody can be putting the same picture there without having said so."""
    await outbox.put(session, REMOVE, f"{REMOVE}.{media_id}", due_at=now() + timedelta(seconds=FRESH + 1), name=name)


def _row(picture: Picture, user_id: int | None, alt: str) -> Media:
    return Media(
        user_id=user_id,
        name=picture.name,
        width=picture.width,
        height=picture.height,
        bytes=picture.bytes,
        moves=picture.moves,
        alt=alt,
    )
