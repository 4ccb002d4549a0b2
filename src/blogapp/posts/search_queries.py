"""Reads of posts by what stands in them.

Of each search the newest hits are weighed, and beyond those the newest that have it all in their title: a word that
every other post has costs no more than a rare one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select

from blogapp.actor import Actor
from blogapp.infra.db import Database, columns, now
from blogapp.infra.reads import AnyRow
from blogapp.posts.match_queries import FTS, Hit, Search
from blogapp.posts.models import Post, PostAuthor
from blogapp.posts.queries import BRIEF, WITH_AUTHOR, written_by
from blogapp.search.asked import Asked
from blogapp.search.models import PostTerms
from blogapp.tags.models import PostTag

MOST = 500
"""Hits that are weighed, and can be read page by page."""
MOST_IN_TITLES = 200
TEXT_READ = 20_000
"""Characters of a text, with its marks, in which a part to show is looked for."""

_YEAR = 365.25 * 86400

_post, _terms, _by, _use = columns(Post), columns(PostTerms), columns(PostAuthor), columns(PostTag)
_text = func.substr(func.coalesce(_post.html, _post.content), 1, TEXT_READ).label("text")
_ROWS = (
    select(*BRIEF, _post.html.is_(None).label("is_plain"), _text)
    .select_from(WITH_AUTHOR)
    .where(_post.id.in_(bindparam("ids", expanding=True)))
)


class Narrowed(NamedTuple):
    """Ids of the accounts and tags that a search names."""

    authors: Sequence[int] = ()
    not_authors: Sequence[int] = ()
    tags: Sequence[int] = ()
    not_tags: Sequence[int] = ()


async def hits(db: Database, asked: Asked, by: Narrowed, reader: Actor) -> tuple[list[int], bool]:
    """Ids of what `reader` may read, best first, and whether there are more than were weighed."""
    number = FTS.c.rowid + 0 if db.is_sqlite and asked.wanted else _terms.post_id
    conditions = list(_conditions(asked, by, reader, number))
    given: dict[str, object] = {} if reader.id is None else {"user_id": reader.id}
    if not asked.wanted:
        newest = select(_terms.post_id).where(*conditions).order_by(_terms.at.desc(), _terms.post_id.desc())
        rows = await db.rows(newest.limit(MOST + 1), **given)
        return [row.post_id for row in rows[:MOST]], len(rows) > MOST
    search = Search(db, asked, conditions, given)
    find = search.in_fts if db.is_sqlite else search.in_vectors
    found = await find("terms", MOST + 1)
    is_more = len(found) > MOST
    if is_more:
        found = [*found[:MOST], *await find("title", MOST_IN_TITLES)]
    return _best_first(found)[:MOST], is_more


async def shown(db: Database, ids: Sequence[int]) -> list[AnyRow]:
    """With the beginning of their HTML, or of their plain text, in the order of `ids`; those that are still there."""
    rows = {row.id: row for row in await db.rows(_ROWS, ids=ids)} if ids else {}
    return [rows[one] for one in ids if one in rows]


def _best_first(hits: Iterable[Hit]) -> list[int]:
    """What is a year old weighs three quarters of what is new, and nothing ever less than half."""
    present = now()
    weights: dict[int, float] = {}
    for post_id, at, weight in hits:
        years = max(0.0, (present - at).total_seconds() / _YEAR)
        weights[post_id] = max(weights.get(post_id, 0.0), weight * (0.5 + 0.5 / (1 + years)))
    return sorted(weights, key=lambda post_id: (-weights[post_id], -post_id))


def _conditions(asked: Asked, by: Narrowed, reader: Actor, number: Any) -> Iterable[Any]:
    """Drafts and what is private are found by their authors. `number` is the post's, where it is known first; SQLite must
    not take it for a way to the terms.
    """
    own = select(_post.id).where(written_by, _post.trashed_at.is_(None))
    yield _terms.is_listed if reader.id is None else or_(_terms.is_listed, number.in_(own))
    yield from (number.in_(_written(one)) for one in by.authors)
    yield from (number.not_in(_written(one)) for one in by.not_authors)
    yield from (number.in_(_tagged(one)) for one in by.tags)
    yield from (number.not_in(_tagged(one)) for one in by.not_tags)
    yield from _since(asked.after, asked.before)


def _since(after: datetime | None, before: datetime | None) -> Iterable[Any]:
    if after is not None:
        yield _terms.at >= after
    if before is not None:
        yield _terms.at < before


def _written(author_id: int) -> Any:
    joined = select(_by.post_id).where(_by.user_id == author_id, _by.accepted_at.is_not(None))
    return select(_post.id).where(_post.user_id == author_id).union_all(joined)


def _tagged(tag_id: int) -> Any:
    return select(_use.post_id).where(_use.tag_id == tag_id)
