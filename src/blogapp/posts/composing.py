"""From what an author wrote to what is stored of it, before the transaction that stores it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from blogapp import markdown, mentions
from blogapp.accounts import queries as accounts
from blogapp.errors import Invalid, Violation
from blogapp.infra.db import Database
from blogapp.infra.threads import Threads
from blogapp.markdown import NO_PICTURES, Picture, Pictures
from blogapp.media import names
from blogapp.media import queries as media
from blogapp.mentions import NOBODY, People
from blogapp.posts.models import MARKDOWN, Format
from blogapp.search.index import visible
from blogapp.search.terms import terms
from blogapp.text import excerpt

LARGEST = 1_000_000
"""Characters of HTML: texts that people write make a few times their own length, those made to hurt fifty times."""

TOO_LARGE = "This text makes too large a page: it has too many marks for its length."


class Known(NamedTuple):
    """What the blog has of what a text names: pictures, whose room a page keeps free until they are there, and people."""

    pictures: Pictures = NO_PICTURES
    people: People = NOBODY


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Body:
    """`content` in both forms; `html` and `excerpt` are None for plain text, which pages render as they go."""

    content: str
    format: Format
    html: str | None = None
    excerpt: str | None = None
    renderer: int = 0
    terms: Sequence[str] = ()
    """By which it is found."""


async def compose(threads: Threads, content: str, format: Format, known: Known = NOTHING) -> Body:
    """Raises Invalid for a text whose HTML is beyond measure, Unavailable when too many others wait."""
    if format != MARKDOWN:
        return await threads.run(_of_plain, content, format)
    body = await threads.run(of_markdown, content, known)
    if len(body.html or "") > LARGEST:
        raise Invalid(TOO_LARGE, Violation("content", TOO_LARGE, "too_large"))
    return body


async def look_up(db: Database, *contents: str, root: str = "") -> Known:
    """What these texts name. `root` is where the blog is mounted."""
    rows = await media.named(db, {name for content in contents for name in names.mentioned(content)})
    pictures = {
        row.name: Picture(row.width, row.height, names.srcset(row.name, row.width, moves=row.moves)) for row in rows
    }
    people = [name for content in contents for name in mentions.named(content)]
    return Known(pictures, await accounts.people(db, people, root))


def of_markdown(content: str, known: Known = NOTHING) -> Body:
    """Takes its time: see `markdown.render`."""
    rendered = markdown.render(content, known.pictures, known.people)
    found = terms_of(content, rendered.html)
    return Body(content, MARKDOWN, rendered.html, excerpt(rendered.words), markdown.VERSION, found)


def terms_of(content: str, html: str | None) -> list[str]:
    """Of what readers see of it. Takes a millisecond for each 1,000 words."""
    return terms(content if html is None else visible(html))


def _of_plain(content: str, format: Format) -> Body:
    return Body(content, format, terms=terms_of(content, None))
