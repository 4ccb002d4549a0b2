"""The cover of a post: chosen among the pictures of who asks, and told to the library."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.covers import Cover, pack, unpack
from blogapp.errors import Invalid, Violation
from blogapp.media.models import Media, may_keep
from blogapp.media.names import ADDRESS, srcset
from blogapp.media.uses import Shown
from blogapp.posts.cover_fields import NO_PICTURE
from blogapp.posts.models import Post
from blogapp.posts.schemas import PostChange, Written

NO_WORDS = "Say what the picture shows, for those who can't see it."


async def put(session: AsyncSession, actor: Actor, post: Post, asked: Written | PostChange) -> None:
    """Raises Invalid for somebody else's picture, and for one without words. Whoever edits a post may keep what it has."""
    if "cover" in asked.model_fields_set and asked.cover is None:
        post.cover = None
        return
    before, picked = unpack(post.cover), None
    if asked.cover is not None and not _is_same(before, asked.cover):
        picked = await _picked(session, actor, post, asked.cover)
        is_same = before is not None and before.address == ADDRESS + picked.name
        before = drawn(picked)._replace(alt=before.alt, caption=before.caption) if before and is_same else drawn(picked)
    if before is not None:
        post.cover = pack(await _worded(session, before, asked, picked))


def shown(post: Post) -> Shown:
    """For `uses.record`."""
    cover = unpack(post.cover)
    return Shown(post.content, cover.address if cover else "")


def drawn(media: Any) -> Cover:
    """A row of the library as a cover, without words."""
    widths = [(ADDRESS + name, width) for name, width in srcset(media.name, media.width, moves=media.moves)]
    return Cover(ADDRESS + media.name, media.width, media.height, widths, "", "")


def _is_same(before: Cover | None, chosen: int | str) -> bool:
    return before is not None and before.address == f"{ADDRESS}{chosen}"


async def _picked(session: AsyncSession, actor: Actor, post: Post, chosen: int | str) -> Media:
    """Held until the transaction ends, so that nobody deletes it meanwhile."""
    wanted = Media.id == chosen if isinstance(chosen, int) else Media.name == chosen
    whose = (Media.user_id == post.user_id).desc(), Media.id
    rows = await session.scalars(select(Media).where(wanted).order_by(*whose).with_for_update(key_share=True))
    for media in rows:
        if may_keep(actor, media.user_id):
            return media
    raise Invalid(NO_PICTURE, Violation("cover", NO_PICTURE, "value_error"))


async def _worded(session: AsyncSession, cover: Cover, asked: Written | PostChange, picked: Media | None) -> Cover:
    """What is left out stays. What is emptied is what the library says."""
    given = asked.model_fields_set
    alt = cover.alt if "cover_alt" not in given or asked.cover_alt is None else asked.cover_alt
    caption = cover.caption if "cover_caption" not in given or asked.cover_caption is None else asked.cover_caption
    alt = alt or (picked.alt if picked else await _library_says(session, cover))
    if not alt:
        raise Invalid(NO_WORDS, Violation("cover_alt", NO_WORDS, "missing"))
    return cover._replace(alt=alt, caption=caption)


async def _library_says(session: AsyncSession, cover: Cover) -> str:
    name = cover.address.removeprefix(ADDRESS)
    said = select(Media.alt).where(Media.name == name, Media.alt != "").order_by(Media.id).limit(1)
    return await session.scalar(said) or ""
