"""Writing down by which terms a post is found, in the transaction that changes it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import unescape

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.infra.db import insert_into
from blogapp.search.models import PostTerms
from blogapp.search.terms import terms

LAST_POSITION = 16_383
MOST_POSITIONS = 255
"""Of one term. PostgreSQL documents both under "Limitations" of text search."""

NOWHERE = datetime.fromtimestamp(0, UTC)
"""Until `place` has said when."""

_ANCHOR = re.compile(r'<a class="anchor".*?</a>', re.DOTALL)
_WITHIN_WORDS = re.compile(r'</?(?:a|code|em|s|span|strong)(?: (?:[^>"]|"[^"]*")*)?>')
_MARK = re.compile(r'<(?:[^>"]|"[^"]*")*>')


def visible(html: str) -> str:
    """What readers see of HTML that `markdown.render` has made, as one text."""
    return unescape(_MARK.sub(" ", _WITHIN_WORDS.sub("", _ANCHOR.sub(" ", html))))


async def write(session: AsyncSession, post_id: int, title: str, found: Sequence[str]) -> None:
    """By its title and the terms of its text. Nobody finds it before `place` has said where it is."""
    values = columns(session.get_bind().dialect.name, terms(title), found)
    row = insert_into(session, PostTerms).values(post_id=post_id, version=0, is_listed=False, at=NOWHERE, **values)
    await session.execute(row.on_conflict_do_update(index_elements=[PostTerms.post_id], set_=values))


async def place(session: AsyncSession, post_id: int, version: int, *, is_listed: bool, at: datetime) -> None:
    """Where it is now, and of which version its terms are."""
    row = update(PostTerms).where(PostTerms.post_id == post_id)
    await session.execute(
        row.values(version=version, is_listed=is_listed, at=at), execution_options={"synchronize_session": False}
    )


def columns(dialect: str, title: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """What `post_terms` holds of the terms of a title and of a text."""
    if dialect == "sqlite":
        return {"title": " ".join(title), "terms": " ".join(found)}
    return {"title": _vector((one, "") for one in title), "terms": _vector(_weighed(title, found))}


def _weighed(title: Sequence[str], found: Sequence[str]) -> Iterable[tuple[str, str]]:
    """A gap between title and text, so that no phrase begins in one and ends in the other."""
    yield from ((one, "A") for one in title)
    yield "", ""
    yield from ((one, "") for one in found)


def _vector(placed: Iterable[tuple[str, str]]) -> str:
    """As PostgreSQL reads a `tsvector`: each term with its positions and their weight."""
    positions: defaultdict[str, list[str]] = defaultdict(list)
    for position, (term, weight) in enumerate(placed, 1):
        if term and len(positions[term]) < MOST_POSITIONS and position <= LAST_POSITION:
            positions[term].append(f"{position}{weight}")
    return " ".join(f"'{term}':{','.join(places) or LAST_POSITION}" for term, places in positions.items())
