"""The tags of a post, and what a change of a tag's name means for all its posts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from blogapp.actor import Actor
from blogapp.errors import Conflict, Forbidden, NotFound, Violation
from blogapp.infra import audit
from blogapp.infra.events import consult, tell
from blogapp.labels import Label, entry, pack, unpack
from blogapp.posts.models import Post
from blogapp.tags import service as tags
from blogapp.tags.events import TagRenamed, TagsLeft, TagsMerge
from blogapp.tags.models import PostTag, Tag

ADMINISTRATORS = "Only an administrator may change tags."
ITSELF = "A tag can't be merged into itself."


async def label(session: AsyncSession, post: Post, names: Sequence[str]) -> list[Label] | None:
    """Its row tells of them; `record` them once it has an id. None when they are as they were."""
    labels = await tags.settle(session, names)
    before = unpack(post.tags)
    if tuple(labels) == before:
        return None
    if left := {old.id for old in before} - {new.id for new in labels}:
        tell(session, TagsLeft(frozenset(left)))
    post.tags = pack(labels)
    return labels


async def record(session: AsyncSession, post: Post, labels: Sequence[Label] | None) -> None:
    if labels is not None:
        await tags.record(session, post.id, labels)


async def rename(session: AsyncSession, actor: Actor, slug: str, name: str) -> Tag:
    """Everywhere at once. Raises Forbidden, NotFound, and Conflict for the name of another tag."""
    _require_admin(actor)
    tag = _named(slug, await _held(session, slug))
    before = tags.label(tag)
    await tags.respell(session, tag, name)
    await _write_again(session, tag.id, before, tags.label(tag))
    tell(session, TagRenamed(frozenset({tag.id})))
    audit.note(session, "tag renamed", tag_id=tag.id, old_name=before.name, name=name, by=actor.id)
    return tag


async def merge(session: AsyncSession, actor: Actor, slug: str, into: str) -> Tag:
    """The tag `into`, which has the posts of both. Raises Forbidden, NotFound, Conflict."""
    _require_admin(actor)
    if slug == into:
        raise Conflict(ITSELF, Violation("into", ITSELF, "itself"))
    held = await _held(session, slug, into)
    gone = _named(slug, held)
    if (kept := held.get(into)) is None:
        raise NotFound(tags.NO_TAG, Violation("into", tags.NO_TAG, "not_found"))
    await _take_out_of_both(session, gone, kept)
    await _write_again(session, gone.id, tags.label(gone), tags.label(kept))
    await consult(session, TagsMerge(gone.id, kept.id))
    await tags.absorb(session, gone, kept)
    tell(session, TagRenamed(frozenset({gone.id, kept.id})))
    audit.note(session, "tags merged", tag_id=gone.id, name=gone.name, into_id=kept.id, into=kept.name, by=actor.id)
    return kept


async def _held(session: AsyncSession, *slugs: str) -> dict[str, Tag]:
    """Those there are of these tags, locked after their posts: who saves a post holds it before its tags."""
    of_tags = select(PostTag.post_id).join(Tag, Tag.id == PostTag.tag_id).where(Tag.slug.in_(slugs))
    await session.execute(select(Post.id).where(Post.id.in_(of_tags)).order_by(Post.id).with_for_update())
    return await tags.held(session, slugs)


def _named(slug: str, held: dict[str, Tag]) -> Tag:
    if slug not in held:
        raise NotFound(tags.NO_TAG)
    return held[slug]


async def _write_again(session: AsyncSession, tag_id: int, before: Label, after: Label) -> None:
    written = func.replace(Post.tags, entry(before), entry(after))
    await _rewrite(session, select(PostTag.post_id).where(PostTag.tag_id == tag_id), written)


async def _take_out_of_both(session: AsyncSession, gone: Tag, kept: Tag) -> None:
    """What has both tags keeps one."""
    has_gone, has_kept = aliased(PostTag), aliased(PostTag)
    same_post = has_kept.post_id == has_gone.post_id
    both = select(has_gone.post_id).join(has_kept, same_post)
    written, comma = entry(tags.label(gone)), ","
    without = func.replace(func.replace(Post.tags, written + comma, ""), comma + written, "")
    await _rewrite(session, both.where(has_gone.tag_id == gone.id, has_kept.tag_id == kept.id), without)


async def _rewrite(session: AsyncSession, post_ids: Select[int], written: ColumnElement[str]) -> None:
    """Neither their texts nor their times have changed."""
    rows = update(Post).where(Post.id.in_(post_ids)).values(tags=written, updated_at=Post.updated_at)
    await session.execute(rows, execution_options={"synchronize_session": False})


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden(ADMINISTRATORS)
