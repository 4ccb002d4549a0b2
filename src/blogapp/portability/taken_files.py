"""The posts that files have become: found again, made, and brought up to date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp import covers
from blogapp.actor import Actor
from blogapp.errors import Conflict
from blogapp.infra.db import Database
from blogapp.labels import key, unpack
from blogapp.media.names import ADDRESS
from blogapp.portability import identity, queries
from blogapp.portability.entries import Entry
from blogapp.portability.models import ImportSource
from blogapp.posts import authorship, service
from blogapp.posts.appearing import Past
from blogapp.posts.composing import Body
from blogapp.posts.models import DRAFT, SCHEDULED, Post
from blogapp.posts.schemas import PostChange, PostDraft
from blogapp.text import slug

AT_ONCE = "its post was changed at this moment: run the import again"


@dataclass(frozen=True, slots=True)
class Source:
    origin: str
    digest: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that is stored of a file."""

    draft: PostDraft
    body: Body
    past: Past
    source: Source
    position: int | None
    """In its series."""
    is_covered: bool
    """It has the cover that its file names, or none."""
    is_whole: bool
    """All its pictures came along."""


@dataclass(frozen=True, slots=True)
class Known:
    row: Any
    is_untouched: bool
    """The file is as it was when blogapp wrote it or took it over."""
    versions: frozenset[int]
    """Of the post, that the file was made of or has become."""


async def known(db: Database, entry: Entry, source: Source) -> Known | None:
    """The file's post, by its origin, by the id that this blog gave it, or by its words."""
    row = await queries.by_origin(db, source.origin)
    own = identity.number(entry.stable_id) if entry.stable_id else None
    if row is None and own is not None:
        row = await queries.by_id(db, own)
        row = row if row and identity.stable_id(row.id, row.created_at) == entry.stable_id else None
    if row is None and not entry.stable_id:
        row = await queries.by_digest(db, source.digest)
    return _known(row, entry, source) if row is not None else None


def kept(row: Any, page: Page, *, is_dated: bool) -> Page:
    """With the times that the post has where the file names none: what has appeared once keeps its own."""
    past = page.past
    if not is_dated:
        past = replace(past, created_at=row.created_at, published_at=row.published_at)
    if page.draft.state == DRAFT:
        past = replace(past, published_at=past.published_at or row.published_at)
    return replace(page, past=past)


def is_same(row: Any, page: Page) -> bool:
    """Whether the post would be what it is. When it was last changed says nothing by itself."""
    draft = page.draft
    appears = draft.publish_at if draft.state == SCHEDULED else page.past.published_at
    wanted = (draft.title, draft.slug or slug(draft.title), draft.content, draft.format, draft.state)
    if wanted != (row.title, row.slug, row.content, row.format, row.state) or appears != row.published_at:
        return False
    if page.is_covered and _cover(row) != (draft.cover and ADDRESS + draft.cover, draft.cover_alt, draft.cover_caption):
        return False
    tags = [key(label.name) for label in unpack(row.tags)]
    return [key(name) for name in draft.tags] == tags and draft.new_series in {None, row.series}


def _cover(row: Any) -> tuple[str | None, str, str]:
    cover = covers.unpack(row.cover)
    return (cover.address, cover.alt, cover.caption) if cover else (None, "", "")


async def make(session: AsyncSession, author_id: int, others: Iterable[int], page: Page) -> int:
    post = await service.bring(session, _operator(author_id), page.draft, page.body, page.past)
    await authorship.add(session, post, others)
    await _place(session, post, page)
    await _note(session, post, page)
    return post.id


async def renew(session: AsyncSession, row: Any, page: Page) -> None:
    """Raises Conflict when somebody was before us."""
    author = _operator(row.user_id)
    post = await service.get(session, author, row.id)
    if post.version != row.version:
        raise Conflict(AT_ONCE)
    service.remember(post, page.past)
    await service.edit(session, author, post, _change(page), page.body)
    await session.execute(delete(ImportSource).where(ImportSource.origin == page.source.origin))
    await _note(session, post, page)


async def _place(session: AsyncSession, post: Post, page: Page) -> None:
    """In its series as the file says: neither its text nor its time changes by that."""
    if post.series_id is not None and page.position is not None:
        row = update(Post).where(Post.id == post.id)
        place = row.values(series_position=page.position, updated_at=Post.updated_at)
        await session.execute(place, execution_options={"synchronize_session": False})


async def _note(session: AsyncSession, post: Post, page: Page) -> None:
    """Raises Conflict when another import takes the same file over."""
    origin, digest = page.source.origin, page.source.digest
    session.add(
        ImportSource(post_id=post.id, origin=origin, digest=digest, version=post.version, is_whole=page.is_whole)
    )
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict(AT_ONCE) from None


def _operator(author_id: int) -> Actor:
    """In the author's name, with whatever pictures the library has."""
    return Actor(author_id, is_admin=True)


def _change(page: Page) -> PostChange:
    """Checked already."""
    draft, cover = page.draft, {}
    if page.is_covered:
        cover = {"cover": draft.cover, "cover_alt": draft.cover_alt, "cover_caption": draft.cover_caption}
    return PostChange.model_construct(
        title=draft.title,
        content=draft.content,
        format=draft.format,
        slug=draft.slug,
        state=draft.state,
        publish_at=draft.publish_at,
        tags=draft.tags,
        new_series=draft.new_series,
        **cover,
    )


def _known(row: Any, entry: Entry, source: Source) -> Known:
    stamp = entry.stamp
    is_ours = stamp is not None and stamp.stable_id == identity.stable_id(row.id, row.created_at)
    is_done = row.is_whole or row.version != row.taken_version
    untouched = (row.digest == source.digest and is_done) or (stamp is not None and is_ours and stamp.is_whole)
    versions = {row.taken_version, stamp.version if stamp and is_ours else None} - {None}
    return Known(row, untouched, frozenset(versions))
