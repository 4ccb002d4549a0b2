"""`python -m benchmarks.searching`: how long a search takes among many posts, and how long they take to be indexed."""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import Engine, select, text

from benchmarks import document, servers, table
from benchmarks.cores import BenchmarkError, Cores, share_out
from benchmarks.data import FIRST_DAY, PEOPLE, QUALITIES, SUBJECTS, table_of, users, write
from benchmarks.databases import KINDS, NAMES, databases, engine
from benchmarks.gates import SEARCHED
from benchmarks.language import Language
from benchmarks.report import Judged
from benchmarks.servers import Program, Running, serve

POSTS = 100_000
WORDS = 250
"""Of each post, drawn after Zipf: the commonest is in nearly all posts, most are in a few."""
AT_ONCE = 5_000
"""Posts that are written in one transaction."""
TIMES = 40
"""Searches of each kind, each with other words."""
HEADINGS = ("", "found", "median ms", "p95 ms", "gate", "aim", "reached")
COMMAND = (sys.executable, "-m", "blogapp", "posts", "index")


@dataclass(frozen=True)
class Kind:
    """What is looked for: a line for each try, made with chance."""

    name: str
    line: Callable[[random.Random], str]


@dataclass(frozen=True)
class Searched:
    kind: Kind
    found: int
    """Posts, median."""
    milliseconds: Sequence[float]

    def judged(self, database: str) -> Judged:
        p95 = statistics.quantiles(self.milliseconds, n=20)[-1]
        return Judged(f"p95 of {self.kind.name}", p95, " ms", SEARCHED[database])

    def cells(self, database: str) -> tuple[str, ...]:
        p95 = self.judged(database)
        median = f"{statistics.median(self.milliseconds):.1f}"
        return (self.kind.name, f"{self.found:,}", median, f"{p95.value:.1f}", *p95.cells())


@dataclass(frozen=True)
class Report:
    database: str
    posts: int
    indexed: float
    """Milliseconds for each post."""
    searches: Sequence[Searched]

    def laid_out(self, lay_out: table.LayOut) -> str:
        rows = [one.cells(self.database) for one in self.searches]
        head = f"{NAMES[self.database]}, {self.posts:,} posts, indexed in {self.indexed:.2f} ms each:"
        return f"{head}\n\n{lay_out(HEADINGS, rows)}"

    def misses(self) -> Iterator[str]:
        judged = (one.judged(self.database) for one in self.searches)
        yield from (f"missed on {self.database}: {one}" for one in judged if one.verdict == "MISS")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: the gates hold. 1: one was missed. 2: nothing could be measured."""
    options = _options().parse_args(arguments)
    kinds = [options.database] if options.database else KINDS
    try:
        if options.into:
            document.require_marks(options.into, "search")
        cores = share_out()
        reports = [_report(kind, options.posts, cores) for kind in kinds]
    except BenchmarkError as reason:
        print(f"searching: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print("\n\n".join(report.laid_out(table.aligned) for report in reports))
    if options.into:
        document.put(options.into, "search", "\n\n".join(report.laid_out(table.markdown) for report in reports))
    misses = [line for report in reports for line in report.misses()]
    print("\n".join(misses), file=sys.stderr)
    return 1 if misses else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searching", description=__doc__)
    parser.add_argument("--database", choices=KINDS, help="default: both")
    parser.add_argument("--posts", type=int, default=POSTS, help="default: %(default)s")
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="put the tables into that document, between its marks"
    )
    return parser


def _report(kind: str, posts: int, cores: Cores) -> Report:
    with tempfile.TemporaryDirectory(prefix="blogapp-search-") as name, databases(kind, Path(name)) as make:
        folder, program = Path(name), servers.with_settings(servers.blogapp(make("blogapp")), "blogapp", TASKS="off")
        servers.run((sys.executable, "-m", "blogapp", "db", "upgrade"), program.environment, folder)
        language = Language.made()
        _fill(kind, program, language, posts)
        began = time.perf_counter()
        servers.run(COMMAND, program.environment, folder, {cores.server})
        indexed = (time.perf_counter() - began) * 1000 / posts
        with _open(program) as filled, filled.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"))
        with serve(program, {cores.server}, folder) as server:
            searches = [_searched(server, one) for one in _kinds(language)]
        return Report(kind, posts, indexed, searches)


def _kinds(language: Language) -> Iterable[Kind]:
    def of(rank: int) -> Callable[[random.Random], str]:
        return lambda chance: f"{language.around(rank, chance)} "

    yield Kind("a word of most posts", of(0))
    yield Kind("a word of one post in five", of(100))
    yield Kind("a rare word", of(20_000))
    yield Kind("two words", lambda chance: f"{language.around(50, chance)} {language.around(200, chance)} ")
    yield Kind("two words in a row", lambda chance: f'"{language.around(5, chance)} {language.around(5, chance)}"')
    yield Kind("the beginning of a word", lambda chance: language.around(300, chance)[:3])
    yield Kind(
        "a word without another", lambda chance: f"{language.around(100, chance)} -{language.around(10, chance)}"
    )
    yield Kind(
        "a common word by an author", lambda chance: f"{language.words[0]} author:author{chance.randrange(1, 200):03}"
    )
    yield Kind(
        "a common word of a month",
        lambda chance: f"{language.words[3]} after:2024-{chance.randrange(1, 9)} before:2024-{chance.randrange(9, 13)}",
    )
    yield Kind("nothing", lambda chance: f"xq{chance.randrange(10**6)}")


def _searched(server: Running, kind: Kind) -> Searched:
    chance = random.Random(kind.name)
    with closing(http.client.HTTPConnection(servers.HOST, server.port, timeout=60)) as connection:
        _ask(connection, kind.line(chance))
        answers = [_ask(connection, kind.line(chance)) for _ in range(TIMES)]
    return Searched(kind, round(statistics.median(found for found, _ in answers)), [taken for _, taken in answers])


def _ask(connection: http.client.HTTPConnection, line: str) -> tuple[int, float]:
    """Posts found, and milliseconds until the whole answer was there."""
    began = time.perf_counter()
    connection.request("GET", f"/api/search?{urlencode({'q': line})}")
    answer = connection.getresponse()
    body = answer.read()
    taken = (time.perf_counter() - began) * 1000
    if answer.status != http.HTTPStatus.OK:
        raise BenchmarkError(f"a search for {line!r} was answered with {answer.status}")
    return int(json.loads(body)["total"]), taken


@contextmanager
def _open(program: Program) -> Iterator[Engine]:
    opened = engine(program.environment["DATABASE_URL"])
    try:
        yield opened
    finally:
        opened.dispose()


def _fill(kind: str, program: Program, language: Language, number: int) -> None:
    chance = random.Random(number)
    with _open(program) as filled:
        accounts, posts = table_of("users", filled), table_of("posts", filled)
        with filled.begin() as connection:
            write(connection, accounts, users())
            authors = connection.scalars(select(accounts.c.id)).all()
        for first in range(1, number + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, number + 1))
            with filled.begin() as connection:
                write(connection, posts, [_post(one, chance.choice(authors), language, chance) for one in numbers])
            print(f"{kind}: {numbers[-1]:,} posts", file=sys.stderr)


def _post(number: int, author: int, language: Language, chance: random.Random) -> Mapping[str, object]:
    written = FIRST_DAY + timedelta(minutes=15 * number)
    content = language.text(WORDS, chance)
    return {
        "title": f"The {chance.choice(QUALITIES)} {chance.choice(PEOPLE)} {language.text(2, chance)} {chance.choice(SUBJECTS)}",
        "slug": f"post-{number}",
        "content": content,
        "format": "markdown",
        "html": f"<p>{content}</p>",
        "excerpt": content[:280],
        "renderer": 1,
        "created_at": written,
        "updated_at": written,
        "published_at": written,
        "user_id": author,
        "version": 1,
    }


if __name__ == "__main__":
    sys.exit(main())
