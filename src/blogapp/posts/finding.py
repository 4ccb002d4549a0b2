"""Looking for posts: what was asked, what of it is found, and what is shown of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from blogapp.accounts import queries as accounts
from blogapp.actor import Actor
from blogapp.infra.db import Database
from blogapp.posts import search_queries, tag_queries
from blogapp.posts.models import may_read
from blogapp.posts.search_queries import Narrowed
from blogapp.search import asked as lines
from blogapp.search import snippets
from blogapp.search.asked import Asked
from blogapp.search.index import visible


@dataclass(frozen=True, slots=True)
class Hit:
    """`title` and `snippet` have what was looked for inside of `<mark>`."""

    post: Any
    title: Markup
    snippet: Markup


@dataclass(frozen=True, slots=True)
class Found:
    hits: Sequence[Hit]
    total: int
    is_more: bool
    """Whether there are more than `total`, which were not weighed."""


NOTHING = Found((), 0, is_more=False)


async def find(db: Database, line: str, reader: Actor, offset: int, size: int) -> Found:
    """Raises Invalid at `q`."""
    asked = lines.asked(line)
    if asked.is_empty:
        return NOTHING
    by = await _narrowed(db, asked)
    if by is None:
        return NOTHING
    ids, is_more = await search_queries.hits(db, asked, by, reader)
    rows = await search_queries.shown(db, ids[offset : offset + size])
    return Found([_hit(row, asked) for row in rows if may_read(reader, row)], len(ids), is_more)


async def _narrowed(db: Database, asked: Asked) -> Narrowed | None:
    """None where it names an author or a tag that there is not; what isn't wanted and isn't there is well."""
    authors = [await accounts.by_username(db, name) for name in _once(asked.authors)]
    tags = [await tag_queries.by_name(db, name) for name in _once(asked.tags)]
    if None in authors or None in tags:
        return None
    not_authors = [await accounts.by_username(db, name) for name in _once(asked.not_authors)]
    not_tags = [await tag_queries.by_name(db, name) for name in _once(asked.not_tags)]
    return Narrowed(*(_ids(rows) for rows in (authors, not_authors, tags, not_tags)))


def _once(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(name.casefold() for name in names)


def _ids(rows: Iterable[Any]) -> list[int]:
    return [row.id for row in rows if row is not None]


def _hit(row: Any, asked: Asked) -> Hit:
    text = row.text if row.is_plain else visible(row.text)
    return Hit(row, snippets.title(row.title, asked.wanted), snippets.snippet(text, asked.wanted))
