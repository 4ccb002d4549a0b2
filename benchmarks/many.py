"""`python -m benchmarks.many DATABASE_URL`: fills a blog that `blogapp db upgrade` has made with very many posts and comments.

Texts and titles are made once and used in turn, so that the time goes into writing rows: PostgreSQL takes them by COPY.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, bindparam, inspect, select, text

from benchmarks.cores import BenchmarkError
from benchmarks.data import FIRST_DAY, PEOPLE, QUALITIES, SUBJECTS, table_of, users, write
from benchmarks.databases import engine
from benchmarks.language import Language
from blogapp.labels import Label, pack
from blogapp.posts.composing import of_markdown
from blogapp.search import index
from blogapp.search.terms import terms

TEXTS = 2_000
WORDS = 120
"""Of each text, drawn after Zipf."""
TAGS = 50
TAGS_EACH = 2
INDEXES = {
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN :names"
    " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :names",
}
"""With how they are made. Those of constraints stay."""

AT_ONCE = 10_000
"""Rows that are written in one transaction."""
SPAN = timedelta(days=1_200)
"""Over which they appeared, however many they are."""

Row = Mapping[str, object]


@dataclass(frozen=True)
class Text:
    title: str
    content: str
    html: str
    excerpt: str
    title_terms: str
    terms: str


@dataclass(frozen=True)
class Blog:
    """What there is to ask for."""

    posts: int
    comments: int


def main(arguments: Sequence[str] | None = None) -> int:
    """0: filled. 2: it could not be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.add_argument("database", metavar="DATABASE_URL", help="migrated, and without users")
    parser.add_argument("--posts", type=int, default=500_000, help="default: %(default)s")
    parser.add_argument("--comments", type=int, default=2_000_000, help="default: %(default)s")
    options = parser.parse_args(arguments)
    opened = engine(options.database)
    try:
        began = time.perf_counter()
        fill(opened, Blog(options.posts, options.comments))
        print(f"filled in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    except BenchmarkError as reason:
        print(f"many: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        opened.dispose()
    return 0


def fill(opened: Engine, blog: Blog) -> None:
    """Leaves up-to-date statistics. Raises BenchmarkError where there are users already."""
    if "users" not in inspect(opened).get_table_names():
        raise BenchmarkError("there are no tables yet: make them with `blogapp db upgrade`")
    accounts = table_of("users", opened)
    with opened.begin() as connection:
        if connection.scalar(select(accounts.c.id).limit(1)) is not None:
            raise BenchmarkError("there are users already: this is for a new blog")
        write(connection, accounts, users())
        authors = connection.scalars(select(accounts.c.id).order_by(accounts.c.id)).all()
    labels = [Label(number, f"Subject {number:02}", f"subject-{number:02}") for number in range(1, TAGS + 1)]
    _write(opened, "tags", ({"name": one.name, "slug": one.slug, "key": one.slug} for one in labels), len(labels))
    chance = random.Random(blog.posts)
    texts = _texts(opened.name, chance)
    with _unindexed(opened, "post_terms", "posts", "post_tags", "post_comments"):
        _write(opened, "posts", _posts(blog, texts, authors, labels), blog.posts)
        _write(opened, "post_terms", _terms(blog, texts), blog.posts)
        _write(opened, "post_tags", _uses(blog, labels), blog.posts * TAGS_EACH)
        _write(opened, "post_comments", _comments(blog, texts, authors), blog.comments)
    if opened.name == "postgresql":
        _count_on(opened, "posts", "tags", "post_comments")
    with opened.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if opened.name == "postgresql" else "ANALYZE"))


def _texts(kind: str, chance: random.Random) -> Sequence[Text]:
    language = Language.made()
    return [_text(kind, language, chance) for _ in range(TEXTS)]


def _text(kind: str, language: Language, chance: random.Random) -> Text:
    title = (
        f"The {chance.choice(QUALITIES)} {chance.choice(PEOPLE)} {language.text(2, chance)} {chance.choice(SUBJECTS)}"
    )
    body = of_markdown("\n\n".join(language.text(WORDS // 4, chance) for _ in range(4)))
    found = index.columns(kind, terms(title), body.terms)
    return Text(title, body.content, str(body.html), str(body.excerpt), found["title"], found["terms"])


def _posts(blog: Blog, texts: Sequence[Text], authors: Sequence[int], labels: Sequence[Label]) -> Iterator[Row]:
    for number in range(1, blog.posts + 1):
        made, moment = texts[number % TEXTS], _moment(number, blog)
        yield {
            "id": number,
            "title": made.title,
            "slug": f"post-{number}",
            "content": made.content,
            "format": "markdown",
            "html": made.html,
            "renderer": 1,
            "excerpt": made.excerpt,
            "created_at": moment,
            "updated_at": moment,
            "published_at": moment,
            "user_id": authors[number % len(authors)],
            "version": 1,
            "state": "published",
            "tags": pack(_labels(number, labels)),
            "comments_count": len(range(number, blog.comments + 1, blog.posts)),
            "comments_waiting": 0,
            "likes_count": 0,
        }


def _terms(blog: Blog, texts: Sequence[Text]) -> Iterator[Row]:
    for number in range(1, blog.posts + 1):
        made, moment = texts[number % TEXTS], _moment(number, blog)
        yield {
            "post_id": number,
            "version": 1,
            "is_listed": True,
            "at": moment,
            "title": made.title_terms,
            "terms": made.terms,
        }


def _uses(blog: Blog, labels: Sequence[Label]) -> Iterator[Row]:
    for number in range(1, blog.posts + 1):
        for place, label in enumerate(_labels(number, labels)):
            yield {"post_id": number, "tag_id": label.id, "position": place, "listed_at": _moment(number, blog)}


def _comments(blog: Blog, texts: Sequence[Text], authors: Sequence[int]) -> Iterator[Row]:
    """As many under each post; every other one answers the one before it there."""
    for number in range(1, blog.comments + 1):
        answered = number - blog.posts if (number - 1) // blog.posts % 2 else None
        made, moment = texts[number % TEXTS], FIRST_DAY + SPAN + timedelta(seconds=number)
        yield {
            "id": number,
            "post_id": (number - 1) % blog.posts + 1,
            "user_id": authors[number * 7 % len(authors)],
            "parent_id": answered,
            "root_id": answered,
            "state": "shown",
            "content": made.excerpt,
            "html": f"<p>{made.excerpt}</p>",
            "digest": number.to_bytes(32),
            "tells": False,
            "created_at": moment,
            "version": 1,
        }


def _moment(number: int, blog: Blog) -> datetime:
    return FIRST_DAY + SPAN * number / blog.posts


def _labels(number: int, labels: Sequence[Label]) -> Sequence[Label]:
    """Two different ones, in all pairs."""
    first = number % TAGS
    return labels[first], labels[(first + 1 + number // TAGS % (TAGS - 1)) % TAGS]


def _write(opened: Engine, name: str, rows: Iterator[Row], total: int) -> None:
    """Tells how far it is after each transaction."""
    written, began = 0, time.perf_counter()
    table = table_of(name, opened)
    while some := list(islice(rows, AT_ONCE)):
        with opened.begin() as connection:
            if opened.name == "postgresql":
                _copy(connection, name, some)
            else:
                connection.execute(table.insert(), some)
        written += len(some)
        rate = written / (time.perf_counter() - began)
        print(f"\r{name}: {written:,} of {total:,} ({rate:,.0f}/s) ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _copy(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    columns = sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), columns)
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


@contextmanager
def _unindexed(opened: Engine, *names: str) -> Iterator[None]:
    """Their indexes are made when all rows are there, which takes a fraction of the time."""
    indexes = text(INDEXES[opened.name]).bindparams(bindparam("names", names, expanding=True))
    with opened.begin() as connection:
        found = connection.execute(indexes).all()
        for name, _ in found:
            connection.execute(text(f"DROP INDEX {name}"))
    yield
    for name, definition in found:
        print(name, file=sys.stderr)
        with opened.begin() as connection:
            connection.execute(text(definition))


def _count_on(opened: Engine, *names: str) -> None:
    """New rows get numbers after those that were given here."""
    with opened.begin() as connection:
        for name in names:
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
            )


if __name__ == "__main__":
    sys.exit(main())
