"""Tags as posts get them, and what becomes of their names. Who may is asked above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.errors import Unavailable, taken
from blogapp.infra import slugs
from blogapp.infra.db import insert_into
from blogapp.infra.slugs import Taken
from blogapp.labels import Label, key, numbered, words
from blogapp.tags.models import PostTag, Tag, TagRedirect

TRIES = 5
"""Of making a tag that others make, or whose address others take, at the same moment."""

_NAMES = ((TagRedirect, TagRedirect.tag_id), (Tag, Tag.id))
"""What it was called, and then what it is."""

NO_TAG = "There is no such tag."
TAKEN = "There is another tag of this name: merge them instead."


async def settle(session: AsyncSession, names: Sequence[str]) -> list[Label]:
    """The tags of these names, made where there is none yet.

    None of them is renamed or merged until the transaction ends. New ones are made in the order of their keys, so that
    two posts at once don't wait for each other.
    """
    wanted = {key(name): name for name in names}
    found = await _known(session, wanted)
    for one in sorted(wanted.keys() - found.keys()):
        found[one] = await _make(session, one, wanted[one])
    return list(dict.fromkeys(found[one] for one in wanted))


async def record(session: AsyncSession, post_id: int, labels: Sequence[Label]) -> None:
    """From now on the post has these."""
    await session.execute(delete(PostTag).where(PostTag.post_id == post_id))
    rows = [{"post_id": post_id, "tag_id": label.id, "position": place} for place, label in enumerate(labels)]
    if rows:
        await session.execute(insert(PostTag), rows)


async def place(session: AsyncSession, post_id: int, listed_at: datetime | None) -> None:
    """Where its tags list the post; None for nowhere."""
    await session.execute(update(PostTag).where(PostTag.post_id == post_id).values(listed_at=listed_at))


async def held(session: AsyncSession, slugs: Sequence[str]) -> dict[str, Tag]:
    """Those there are, locked until the transaction ends; an old address names none of them."""
    query = select(Tag).where(Tag.slug.in_(slugs)).order_by(Tag.id).with_for_update()
    return {tag.slug: tag for tag in await session.scalars(query)}


async def respell(session: AsyncSession, tag: Tag, name: str) -> None:
    """Its old address and spelling lead to it for ever. Raises Conflict for the name of another tag."""
    was = TagRedirect(slug=tag.slug, key=tag.key, tag_id=tag.id)
    tag.name, tag.key, tag.slug = name, key(name), await _free_slug(session, name, tag.id)
    try:
        await session.flush()
    except IntegrityError:
        raise taken("name", TAKEN) from None
    await session.execute(delete(TagRedirect).where(TagRedirect.slug == tag.slug))
    await session.execute(update(TagRedirect).where(TagRedirect.key == tag.key).values(key=None))
    if was.slug != tag.slug:
        session.add(was)


async def absorb(session: AsyncSession, tag: Tag, into: Tag) -> None:
    """Every post of the one is a post of the other; all that led to it leads there."""
    await session.execute(update(TagRedirect).where(TagRedirect.tag_id == tag.id).values(tag_id=into.id))
    both = select(PostTag.post_id).where(PostTag.tag_id == into.id)
    await session.execute(delete(PostTag).where(PostTag.tag_id == tag.id, PostTag.post_id.in_(both)))
    await session.execute(update(PostTag).where(PostTag.tag_id == tag.id).values(tag_id=into.id))
    await session.execute(delete(Tag).where(Tag.id == tag.id))
    session.add(TagRedirect(slug=tag.slug, key=tag.key, tag_id=into.id))


def label(tag: Tag) -> Label:
    return Label(tag.id, tag.name, tag.slug)


async def _known(session: AsyncSession, wanted: dict[str, str]) -> dict[str, Label]:
    """By key, old ones too."""
    if not wanted:
        return {}
    by_key = union_all(*(select(one.key, tag).where(one.key.in_(wanted)) for one, tag in _NAMES))
    ids = {str(one): tag_id for one, tag_id in await session.execute(by_key)}
    tags = select(Tag).where(Tag.id.in_(ids.values())).order_by(Tag.id)
    held = tags.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    labels = {tag.id: label(tag) for tag in await session.scalars(held)}
    return {one: labels[tag_id] for one, tag_id in ids.items() if tag_id in labels}


async def _make(session: AsyncSession, key: str, name: str) -> Label:
    """Raises Unavailable when others are before it each time."""
    for _ in range(TRIES):
        slug = await _free_slug(session, name)
        made = (
            insert_into(session, Tag).values(name=name, slug=slug, key=key).on_conflict_do_nothing().returning(Tag.id)
        )
        tag_id = await session.scalar(made)
        if tag_id is not None:
            return Label(tag_id, name, slug)
        if met := await _known(session, {key: name}):
            return met[key]
    raise Unavailable("Others made tags at the same moment. Please try again.", retry_after=1)


async def _free_slug(session: AsyncSession, name: str, tag_id: int = 0) -> str:
    """Also not where another tag was once; where the tag itself is or was it may be again."""

    def taken(some: Sequence[str]) -> Taken:
        return union_all(*(select(one.slug).where(one.slug.in_(some), tag != tag_id) for one, tag in _NAMES))

    return await slugs.free(session, numbered(words(name)), taken)
