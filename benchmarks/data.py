"""The same 200 users and 5,000 posts in every database, written straight in SQL.

The tables are read from the database, so columns that come later are filled with their default or an empty value.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Column, Connection, Engine, MetaData, Table, inspect, literal, select, text

from blogapp.posts.composing import of_markdown

USERS = 200
POSTS = 5_000
ASKED_FOR = 1_000
"""Different posts in a load, so that no application can answer from the memory of one."""
SHORTEST = 1_200
"""Characters of a post before its last sentence is added; that sentence and a random share of 600 come on top."""
SPREAD = 600
FIRST_DAY = datetime(2023, 1, 1, 8, tzinfo=UTC)
PASSWORD = "a long walk in the rain"
"""Of every user: Argon2id as blogapp makes it (19 MiB, two passes)."""

SUBJECTS = (
    "garden",
    "river",
    "kitchen",
    "harbour",
    "library",
    "orchard",
    "workshop",
    "railway",
    "mountain",
    "village",
    "bakery",
    "lighthouse",
)
PEOPLE = (
    "neighbour",
    "teacher",
    "gardener",
    "carpenter",
    "sailor",
    "painter",
    "baker",
    "librarian",
    "farmer",
    "traveller",
)
QUALITIES = ("quiet", "patient", "bright", "narrow", "careful", "early", "distant", "gentle", "familiar", "stubborn")
DEEDS = (
    "kept a notebook of everything that went wrong",
    "walked the long way round to see it again",
    "repaired what others would have thrown away",
    "asked the question nobody wanted to hear",
    "waited for the weather to make up its mind",
    "learned more from the second attempt than from the first",
    "found that the simple answer had been there all along",
    "told the story differently every time",
)
OPENINGS = ("That morning", "Years later", "On the way home", "In the end", "As so often", "Before the first frost")


@dataclass(frozen=True)
class Post:
    id: int
    slug: str
    title: str


@dataclass(frozen=True)
class Sample:
    """Posts to ask for in turn, and the title of the one every list begins with."""

    posts: tuple[Post, ...]
    newest: str

    def paths(self, pattern: str) -> list[str]:
        """The pattern once for every post when it names one, else once."""
        asked = self.posts if "{id}" in pattern else self.posts[:1]
        return [pattern.format(id=post.id, slug=post.slug) for post in asked]

    def shown(self, pattern: str) -> str:
        """What the first of these paths must show."""
        return pattern.format(title=self.posts[0].title, newest=self.newest)


def fill(engine: Engine) -> Sample:
    """Needs empty `users` and `posts`; leaves them with up-to-date statistics."""
    chance = random.Random(5_000)
    accounts, posts = table_of("users", engine), table_of("posts", engine)
    with engine.begin() as connection:
        write(connection, accounts, users())
        authors = connection.scalars(select(accounts.c.id)).all()
        write(connection, posts, _posts(authors, chance))
        sample = _sample(connection, posts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.name == "postgresql" else "ANALYZE"))
    return sample


def email(number: int) -> str:
    return f"author{number:03}@example.org"


def table_of(name: str, engine: Engine) -> Table:
    columns = (
        Column(found["name"], found["type"], nullable=found["nullable"], server_default=found["default"])
        for found in inspect(engine).get_columns(name)
    )
    return Table(name, MetaData(), *columns)


def write(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    empty = {column.name: _empty(column) for column in table.columns if _must_be_given(column)}
    known = [{**empty, **{name: row[name] for name in row if name in table.columns}} for row in rows]
    connection.execute(table.insert(), known)


def _must_be_given(column: Column[Any]) -> bool:
    return not (column.name == "id" or column.nullable or column.server_default is not None)


def _empty(column: Column[Any]) -> object:
    kind = column.type.python_type
    return FIRST_DAY if kind is datetime else kind()


def users() -> list[dict[str, Any]]:
    password_hash = Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
    return [
        {
            "username": f"author{number:03}",
            "email": email(number),
            "password_hash": password_hash,
            "created_at": FIRST_DAY + timedelta(hours=number),
            "updated_at": FIRST_DAY + timedelta(hours=number),
            "is_admin": False,
            "version": 1,
        }
        for number in range(1, USERS + 1)
    ]


def _posts(authors: Any, chance: random.Random) -> list[dict[str, Any]]:
    return [_post(number, chance.choice(authors), chance) for number in range(1, POSTS + 1)]


def _post(number: int, author: int, chance: random.Random) -> dict[str, Any]:
    written = FIRST_DAY + timedelta(days=30, hours=4 * number, minutes=chance.randrange(200))
    title = f"The {chance.choice(QUALITIES)} {chance.choice(PEOPLE)} and the {chance.choice(SUBJECTS)}, part {number}"
    body = of_markdown(_text(SHORTEST + chance.randrange(SPREAD), chance))
    return {
        "title": title,
        "slug": title.lower().replace(",", "").replace(" ", "-"),
        "content": body.content,
        "format": body.format,
        "html": body.html,
        "renderer": body.renderer,
        "excerpt": body.excerpt,
        "created_at": written,
        "updated_at": written,
        "published_at": written,
        "user_id": author,
        "version": 1,
    }


def _text(length: int, chance: random.Random) -> str:
    """Paragraphs of four sentences until there are `length` characters."""
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < length:
        paragraphs.append(" ".join(_sentence(chance) for _ in range(4)))
    return "\n\n".join(paragraphs)


def _sentence(chance: random.Random) -> str:
    return (
        f"{chance.choice(OPENINGS)} the {chance.choice(QUALITIES)} {chance.choice(PEOPLE)} "
        f"by the {chance.choice(SUBJECTS)} {chance.choice(DEEDS)}."
    )


def _sample(connection: Connection, posts: Table) -> Sample:
    slug = posts.c.get("slug", literal(""))
    rows = connection.execute(select(posts.c.id, slug, posts.c.title).order_by(posts.c.created_at)).all()
    every = len(rows) // ASKED_FOR
    return Sample(tuple(Post(*row) for row in rows[::every]), newest=rows[-1].title)
