"""Reads of when posts appeared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from blogapp.infra.db import Database, UTCDateTime, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, is_counted, is_listed
from blogapp.posts.queries import BRIEF, WRITTEN, Rows, newest_first
from blogapp.posts.spans import Span
from blogapp.posts.tag_queries import by_slug, is_tagged


class MonthOf(FunctionElement[str]):
    """Of a moment, in UTC: "2026-11"."""

    type = String()
    inherit_cache = True


@compiles(MonthOf)
def _month_of(element: MonthOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"to_char(timezone('UTC', {compiler.process(element.clauses, **options)}), 'YYYY-MM')"


@compiles(MonthOf, "sqlite")
def _month_of_text(element: MonthOf, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 7)"


_post = columns(Post)
_month = MonthOf(_post.published_at).label("month")
_MONTHS = select(_month, func.count().label("number")).where(is_counted).group_by(_month).order_by(_month.desc())
_start, _end = bindparam("start", type_=UTCDateTime), bindparam("end", type_=UTCDateTime)
_appeared = (is_listed, _post.published_at >= _start, _post.published_at < _end)
_count = select(func.count()).select_from(Post.__table__)
_BRIEF = newest_first(BRIEF, *_appeared)
_COUNT = _count.where(*_appeared)
_WRITTEN = newest_first(WRITTEN, *_appeared)
_TAGGED = newest_first(WRITTEN, *_appeared, is_tagged)
_COUNT_TAGGED = _count.where(*_appeared, is_tagged)


async def months(db: Database) -> Sequence[AnyRow]:
    """With how many listed posts appeared in each, newest first; none without any. Reads an index from end to end."""
    return await db.counts(_MONTHS)


async def newest_in(db: Database, span: Span, offset: int, size: int) -> Rows:
    """Posts with the beginning of their text, newest first, and how many there are in all."""
    return await db.page(_BRIEF, _COUNT, offset, size, **span._asdict())


async def newest_whole_in(db: Database, span: Span, slug: str | None, offset: int, size: int) -> Rows:
    """Of a tag, too, if one is named; none where there is no such tag."""
    if slug is None:
        return await db.page(_WRITTEN, _COUNT, offset, size, **span._asdict())
    tag = await by_slug(db, slug)
    if tag is None:
        return (), 0
    return await db.page(_TAGGED, _COUNT_TAGGED, offset, size, tag_id=tag.id, **span._asdict())
