"""Reads of what feeds hold: the newest posts with their whole text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Select, bindparam

from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, is_listed
from blogapp.posts.queries import AUTHOR_NAME, WRITTEN, newest_by, newest_first
from blogapp.posts.tag_queries import is_newest_tagged

MOST = 20

_post = columns(Post)
_shown = (*WRITTEN, AUTHOR_NAME, _post.html, _post.excerpt)
_ALL = newest_first(_shown, is_listed)
_BY = newest_first(_shown, is_listed, newest_by)
_TAGGED = newest_first(_shown, is_listed, is_newest_tagged)
_IN_SERIES = newest_first(_shown, is_listed, _post.series_id == bindparam("series_id", type_=Integer))


async def newest(db: Database) -> Sequence[AnyRow]:
    return await _read(db, _ALL)


async def newest_of(db: Database, user_id: int) -> Sequence[AnyRow]:
    return await _read(db, _BY, user_id=user_id)


async def newest_tagged(db: Database, tag_id: int) -> Sequence[AnyRow]:
    return await _read(db, _TAGGED, tag_id=tag_id)


async def newest_in(db: Database, series_id: int) -> Sequence[AnyRow]:
    return await _read(db, _IN_SERIES, series_id=series_id)


async def _read(db: Database, statement: Select[Any], **given: int) -> Sequence[AnyRow]:
    return await db.rows(statement, offset=0, size=MOST, **given)
