"""How each database finds the newest posts that have some words, and weighs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Float, Integer, String, bindparam, cast, column, func, literal, select, table
from sqlalchemy.dialects.postgresql import ARRAY, REAL, TSQUERY

from blogapp.infra.db import Database, columns
from blogapp.search.asked import Asked, Phrase
from blogapp.search.models import PostTerms

FIRST_LOOK = 2_500
"""Of the newest posts, by their ids, in how many PostgreSQL looks for several words at first."""
LOOKS = 2
"""After which it looks in all."""

TITLE_WEIGHT = 2.0
"""Of a term in the title, against any number of it in the text."""
MOST_WEIGHED = 8
"""Words and phrases of a search."""
ENOUGH = 1.2
USUAL_LENGTH = 1_500
"""Characters of a text, in which as many of a term as `ENOUGH` give it half of its weight; in a longer one it takes more."""

_terms = columns(PostTerms)
FTS = table("post_fts", column("rowid", Integer))
_sought = bindparam("sought", type_=String, literal_execute=True)
"""Written into the statement, so that PostgreSQL plans by how common these terms are. They hold nothing to be escaped."""
_NEWEST = select(func.max(_terms.post_id))
_UNWALKED = (_terms.post_id + 0).desc()
"""The sum keeps PostgreSQL from reading posts by their ids, and the vectors of all of them, until it has found enough."""


class Hit(NamedTuple):
    post_id: int
    at: datetime
    weight: float


class Search(NamedTuple):
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
            .select_from(FTS.join(PostTerms.__table__, _terms.post_id == FTS.c.rowid))
            .where(column("post_fts").bool_op("MATCH")(_sought), *self.conditions)
            .order_by(FTS.c.rowid.desc())
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
