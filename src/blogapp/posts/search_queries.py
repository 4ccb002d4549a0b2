"""Reads of posts by what stands in them.

Of each search the newest hits are weighed, and beyond those the newest that have it all in their title: a word that
every other post has costs no more than a rare one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Float,
    Integer,
    String,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY

from blogapp.actor import Actor
from blogapp.infra.db import Database, columns, now
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, PostAuthor
from blogapp.posts.queries import BRIEF, WITH_AUTHOR, written_by
from blogapp.search.asked import Asked, Phrase
from blogapp.search.models import PostTerms
from blogapp.tags.models import PostTag

MOST = 500
"""Hits that are weighed, and can be read page by page."""
MOST_IN_TITLES = 200
FIRST_LOOK = 2_500
"""Of the newest posts, by their ids, in how many PostgreSQL looks for several words at first."""
LOOKS = 2
"""After which it looks in all."""
TEXT_READ = 20_000
"""Characters of a text, with its marks, in which a part to show is looked for."""

TITLE_WEIGHT = 2.0
"""Of a term in the title, against any number of it in the text."""
MOST_WEIGHED = 8
"""Words and phrases of a search."""
ENOUGH = 1.2
USUAL_LENGTH = 1_500
"""Characters of a text, in which as many of a term as `ENOUGH` give it half of its weight; in a longer one it takes more."""
_YEAR = 365.25 * 86400

_post, _terms, _by, _use = columns(Post), columns(PostTerms), columns(PostAuthor), columns(PostTag)
_fts = table("post_fts", column("rowid", Integer))
_sought = bindparam("sought", type_=String, literal_execute=True)
"""Written into the statement, so that PostgreSQL plans by how common these terms are. They hold nothing to be escaped."""
_NEWEST = select(func.max(_terms.post_id))
_UNWALKED = (_terms.post_id + 0).desc()
"""The sum keeps PostgreSQL from reading posts by their ids, and the vectors of all of them, until it has found enough."""
_text = func.substr(func.coalesce(_post.html, _post.content), 1, TEXT_READ).label("text")
_ROWS = (
    select(*BRIEF, _post.html.is_(None).label("is_plain"), _text)
    .select_from(WITH_AUTHOR)
    .where(_post.id.in_(bindparam("ids", expanding=True)))
)


class Hit(NamedTuple):
    post_id: int
    at: datetime
    weight: float


class Narrowed(NamedTuple):
    """Ids of the accounts and tags that a search names."""

    authors: Sequence[int] = ()
    not_authors: Sequence[int] = ()
    tags: Sequence[int] = ()
    not_tags: Sequence[int] = ()


async def hits(db: Database, asked: Asked, by: Narrowed, reader: Actor) -> tuple[list[int], bool]:
    """Ids of what `reader` may read, best first, and whether there are more than were weighed."""
    number = _fts.c.rowid + 0 if db.is_sqlite and asked.wanted else _terms.post_id
    conditions = list(_conditions(asked, by, reader, number))
    given: dict[str, object] = {} if reader.id is None else {"user_id": reader.id}
    if not asked.wanted:
        newest = select(_terms.post_id).where(*conditions).order_by(_terms.at.desc(), _terms.post_id.desc())
        rows = await db.rows(newest.limit(MOST + 1), **given)
        return [row.post_id for row in rows[:MOST]], len(rows) > MOST
    search = _Search(db, asked, conditions, given)
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


class _Search(NamedTuple):
    """Of words, that is. Finds the newest posts in whose `name`, their terms or their title, they all are."""

    db: Database
    asked: Asked
    conditions: Sequence[Any]
    given: Mapping[str, object]

    async def in_vectors(self, name: str, most: int) -> Sequence[Hit]:
        """PostgreSQL. Of one word or phrase it knows how common it is, and whether to read posts by their ids until there
        are enough; of a span of time it has an index. Of more words than that it knows too little, and would read all
        posts that have them: it is asked for those among the newest, and from how many these are follows how far to look.
        """
        asked, conditions = self.asked, self.conditions
        if asked.after or asked.before:
            return await self._weighed(name, most, conditions, _terms.at.desc(), _terms.post_id.desc())
        if len(asked.wanted) == 1 and not asked.unwanted and len(conditions) == 1:
            return await self._weighed(name, most, conditions, _terms.post_id.desc())
        newest, span = (await self.db.rows(_NEWEST))[0][0] or 0, FIRST_LOOK
        for _ in range(LOOKS):
            rows = await self._weighed(name, most, [*conditions, _terms.post_id > newest - span], _UNWALKED)
            if len(rows) >= most or span >= newest:
                return rows
            span = int(span * max(2, 1.5 * most / max(1, len(rows))))
        return await self._weighed(name, most, conditions, _UNWALKED)

    async def in_fts(self, name: str, most: int) -> Sequence[Hit]:
        """SQLite: FTS5 gives its rows newest first, so it stops at the last that is needed."""
        found = (
            select(_terms.post_id, _terms.at, _terms.title, _terms.terms)
            .select_from(_fts.join(PostTerms.__table__, _terms.post_id == _fts.c.rowid))
            .where(column("post_fts").bool_op("MATCH")(_sought), *self.conditions)
            .order_by(_fts.c.rowid.desc())
            .limit(most)
        )
        match = _match(self.asked)
        sought = match if name == "terms" else f"{{{name}}} : ({match})"
        rows = await self.db.rows(found, **self.given, sought=sought)
        return [
            Hit(row.post_id, row.at, _weight(self.asked.wanted[:MOST_WEIGHED], row.title, row.terms)) for row in rows
        ]

    async def _weighed(self, name: str, most: int, conditions: Sequence[Any], *order: Any) -> Sequence[Hit]:
        """Only what is left is weighed, since that reads whole vectors."""
        sought = cast(_sought, TSQUERY)
        newest = (
            select(_terms.post_id, _terms.at, _terms.terms)
            .where(_terms[name].bool_op("@@")(sought), *conditions)
            .order_by(*order)
            .limit(most)
            .subquery()
        )
        weights = cast(literal([0.1, 0.2, 0.4, 1.0], ARRAY(Float)), ARRAY(REAL))
        found = select(newest.c.post_id, newest.c.at, func.ts_rank(weights, newest.c.terms, sought, 1))
        return [Hit(*row) for row in await self.db.rows(found, **self.given, sought=_tsquery(self.asked))]


def _weight(wanted: Iterable[Phrase], title: str, terms: str) -> float:
    """SQLite: as BM25 weighs a term in one text. FTS5's own function also asks how many posts have it, and for that reads
    the places of it in all of them.
    """
    slack = ENOUGH * (0.25 + 0.75 * len(terms) / USUAL_LENGTH)
    weight = 0.0
    for phrase in wanted:
        sought = f" {' '.join(phrase.terms)}{'' if phrase.is_open else ' '}"
        times = f" {terms} ".count(sought)
        weight += TITLE_WEIGHT * f" {title} ".count(sought) + times / (times + slack)
    return weight


def _tsquery(asked: Asked) -> str:
    wanted = [_followed(one) for one in asked.wanted]
    return " & ".join([*wanted, *(f"!{_followed(one)}" for one in asked.unwanted)])


def _followed(phrase: Phrase) -> str:
    *before, last = (f"'{term}'" for term in phrase.terms)
    return f"({' <-> '.join([*before, last + (':*' if phrase.is_open else '')])})"


def _match(asked: Asked) -> str:
    wanted = " AND ".join(_quoted(one) for one in asked.wanted)
    return " NOT ".join([f"({wanted})", *(_quoted(one) for one in asked.unwanted)])


def _quoted(phrase: Phrase) -> str:
    """The asterisk is of the last term."""
    return f'"{" ".join(phrase.terms)}"{" *" if phrase.is_open else ""}'
