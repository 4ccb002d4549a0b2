"""Reads of tags, and of what is listed under them."""

from __future__ import annotations

from sqlalchemy import Integer, String, bindparam, func, select, union_all

from blogapp import labels
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, is_listed
from blogapp.posts.queries import BRIEF, WRITTEN, Rows, newest_first
from blogapp.tags.models import PostTag, Tag, TagRedirect

_post = columns(Post)
_tag = columns(Tag)
_use = columns(PostTag)
_redirect = columns(TagRedirect)
_slug = bindparam("slug", type_=String)
_of_tag = _use.tag_id == bindparam("tag_id")
is_tagged = _post.id.in_(select(_use.post_id).where(_of_tag))
_count = func.count().label("number")

_is_use_listed = _use.listed_at.is_not(None)
_newest_uses = (
    select(_use.post_id)
    .where(_of_tag, _is_use_listed)
    .order_by(_use.listed_at.desc(), _use.post_id.desc())
    .limit(bindparam("offset", type_=Integer) + bindparam("size", type_=Integer))
    .subquery()
)
is_newest_tagged = _post.id.in_(select(_newest_uses.c.post_id))
"""No more of them than could be on the page that is asked for."""
_BRIEF = newest_first(BRIEF, is_listed, is_newest_tagged)
_WRITTEN = newest_first(WRITTEN, is_listed, is_newest_tagged)
_COUNT = select(_count).select_from(PostTag.__table__).where(_of_tag, _is_use_listed)
_named = Tag.__table__.alias("named")
_once_at = select(_redirect.tag_id).where(_redirect.slug == _slug)
_BY_SLUG = (
    select(_tag.id, _tag.name, _tag.slug)
    .where(_tag.id.in_(union_all(select(_named.c.id).where(_named.c.slug == _slug), _once_at)))
    .order_by((_tag.slug == _slug).desc())
)
_key = bindparam("key", type_=String)
_BY_NAME = (
    select(_tag.id, _tag.name, _tag.slug)
    .where(
        _tag.id.in_(
            union_all(
                select(_named.c.id).where(_named.c.key == _key),
                select(_named.c.id).where(_named.c.slug == _slug),
                select(_redirect.tag_id).where(_redirect.key == _key),
                _once_at,
            )
        )
    )
    .order_by((_tag.key == _key).desc(), (_tag.slug == _slug).desc())
)
_IN_USE = (
    select(_tag.id, _tag.name, _tag.slug, _count)
    .join_from(PostTag.__table__, Tag.__table__, _tag.id == _use.tag_id)
    .where(_is_use_listed)
    .group_by(_tag.id, _tag.name, _tag.slug, _tag.key)
    .order_by(_tag.key)
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT_IN_USE = (
    select(_count)
    .select_from(Tag.__table__)
    .where(select(_use.post_id).where(_use.tag_id == _tag.id, _is_use_listed).correlate(Tag.__table__).exists())
)
_ALL = (
    select(_tag.id, _tag.name, _tag.slug, func.count(_use.listed_at).label("number"))
    .select_from(Tag.__table__.outerjoin(PostTag.__table__, _use.tag_id == _tag.id))
    .group_by(_tag.id, _tag.name, _tag.slug, _tag.key)
    .order_by(_tag.key)
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT_ALL = select(func.count()).select_from(Tag.__table__)


async def by_slug(db: Database, slug: str) -> AnyRow | None:
    """Also by an address that it had once: then its `slug` is another."""
    return await db.row(_BY_SLUG, slug=slug) if slug.isascii() and slug.isprintable() else None


async def by_name(db: Database, name: str) -> AnyRow | None:
    """In any spelling, by its address, or by what it was called once."""
    return await db.row(_BY_NAME, key=labels.key(name), slug=name.casefold())


async def count_of(db: Database, tag_id: int) -> int:
    """How many listed posts have it."""
    return int((await db.rows(_COUNT, tag_id=tag_id))[0][0])


async def newest_of(db: Database, tag_id: int, offset: int, size: int) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await db.page(_BRIEF, _COUNT, offset, size, tag_id=tag_id)


async def newest_whole_at(db: Database, slug: str, offset: int, size: int) -> Rows:
    """None where there is no such tag."""
    tag = await by_slug(db, slug)
    return await db.page(_WRITTEN, _COUNT, offset, size, tag_id=tag.id) if tag else ((), 0)


async def in_use(db: Database, offset: int, size: int) -> Rows:
    """Tags with how many listed posts have them, by name; none that no listed post has."""
    return await db.page_of_counts(_IN_USE, _COUNT_IN_USE, offset, size)


async def every(db: Database, offset: int, size: int) -> Rows:
    """Also those that no listed post has: for administrators."""
    return await db.page_of_counts(_ALL, _COUNT_ALL, offset, size)
