"""`python -m benchmarks.scale`: what pages of a blog of very many posts cost, against those of a small one."""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import document, servers, table
from benchmarks.cores import BenchmarkError, Cores, share_out
from benchmarks.data import PASSWORD, email
from benchmarks.databases import KINDS, NAMES, MakeDatabase, databases, engine
from benchmarks.gates import GROWN
from benchmarks.language import Language
from benchmarks.many import TAGS, Blog, fill
from benchmarks.report import Judged
from benchmarks.servers import Running, serve

SMALL = Blog(posts=5_000, comments=20_000)
LARGE = {"postgresql": Blog(500_000, 2_000_000), "sqlite": Blog(100_000, 300_000)}
TIMES = 40
"""Requests of each kind to each of the two, turn by turn, each for another post, tag or word."""
DEEP = 250
"""The last page of the small blog's posts."""
HEADINGS = ("", "small, ms", "large, ms", "ratio", "gate", "aim", "reached")


@dataclass(frozen=True)
class Kind:
    """`path` makes one of those that this blog has, with chance."""

    name: str
    path: Callable[[random.Random, Blog], str]
    signed_in: bool = False
    is_alike: bool = True
    """Whether there is as much to show on both: what finds ten times as much is not held to the gate."""


def _tag(chance: random.Random) -> str:
    return f"subject-{chance.randrange(1, TAGS + 1):02}"


def _author(chance: random.Random) -> str:
    return f"author{chance.randrange(1, 200):03}"


def _post(chance: random.Random, blog: Blog) -> int:
    return chance.randrange(1, blog.posts + 1)


def _searched(line: str) -> str:
    return f"/search?{urlencode({'q': line})}"


_language = Language.made()

KINDS_OF_PAGE = (
    Kind("the home page", lambda _chance, _blog: "/"),
    Kind(f"page {DEEP} of it", lambda _chance, _blog: f"/?page={DEEP}"),
    Kind("`/api/posts`", lambda _chance, _blog: "/api/posts"),
    Kind(f"page {DEEP} of it, as JSON", lambda _chance, _blog: f"/api/posts?page={DEEP}"),
    Kind("a post", lambda chance, blog: "/posts/{0}/post-{0}".format(_post(chance, blog))),
    Kind("a post, as JSON", lambda chance, blog: f"/api/posts/{_post(chance, blog)}"),
    Kind("its comments, as JSON", lambda chance, blog: f"/api/posts/{_post(chance, blog)}/comments"),
    Kind("a tag", lambda chance, _blog: f"/tags/{_tag(chance)}"),
    Kind("page 10 of a tag", lambda chance, _blog: f"/tags/{_tag(chance)}?page=10"),
    Kind("an author", lambda chance, _blog: f"/users/{_author(chance)}"),
    Kind("a search for a common word", lambda chance, _blog: _searched(_language.around(5, chance))),
    Kind(
        "a search for two common words",
        lambda chance, _blog: _searched(f"{_language.around(5, chance)} {_language.around(20, chance)}"),
    ),
    Kind(
        "a search that finds 500 posts instead of 30",
        lambda chance, _blog: _searched(f"{_language.around(50, chance)} {_language.around(200, chance)}"),
        is_alike=False,
    ),
    Kind("the feed", lambda _chance, _blog: "/feed.atom"),
    Kind("the feed of a tag", lambda chance, _blog: f"/tags/{_tag(chance)}/feed.atom"),
    Kind("the feed of an author", lambda chance, _blog: f"/users/{_author(chance)}/feed.atom"),
    Kind("the dashboard", lambda _chance, _blog: "/dashboard", signed_in=True),
    Kind("the archive", lambda _chance, _blog: "/archive"),
    Kind("all tags", lambda _chance, _blog: "/tags"),
)


@dataclass(frozen=True)
class Compared:
    kind: Kind
    small: float
    large: float
    """Milliseconds, medians."""

    def judged(self) -> Judged:
        return Judged(self.kind.name, self.large / self.small, " times", GROWN if self.kind.is_alike else None)

    def cells(self) -> tuple[str, ...]:
        ratio = self.judged()
        return (self.kind.name, f"{self.small:.1f}", f"{self.large:.1f}", f"{ratio.value:.2f}", *ratio.cells())


@dataclass(frozen=True)
class Report:
    database: str
    large: Blog
    filled: float
    """Seconds."""
    rows: Sequence[Compared]

    def laid_out(self, lay_out: table.LayOut) -> str:
        head = (
            f"{NAMES[self.database]}, {self.large.posts:,} posts and {self.large.comments:,} comments, written in "
            f"{self.filled:.0f} s, against {SMALL.posts:,} and {SMALL.comments:,}:"
        )
        return f"{head}\n\n{lay_out(HEADINGS, [row.cells() for row in self.rows])}"

    def misses(self) -> Iterator[str]:
        judged = (row.judged() for row in self.rows)
        yield from (f"missed on {self.database}: {one}" for one in judged if one.verdict == "MISS")


class Reader:
    """One connection to a blog, signed in or not."""

    def __init__(self, server: Running, blog: Blog, *, signed_in: bool) -> None:
        self.blog = blog
        self._connection = http.client.HTTPConnection(servers.HOST, server.port, timeout=60)
        self._headers = {"Cookie": self._sign_in()} if signed_in else {}

    def ask(self, path: str) -> float:
        """Milliseconds until the whole answer was there. Raises BenchmarkError for any but a 200."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        taken = (time.perf_counter() - began) * 1000
        if answer.status != http.HTTPStatus.OK:
            raise BenchmarkError(f"{path} was answered with {answer.status}")
        return taken

    def close(self) -> None:
        self._connection.close()

    def _sign_in(self) -> str:
        form = urlencode({"email": email(7), "password": PASSWORD})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/auth/login", form, kind)
        answer = self._connection.getresponse()
        answer.read()
        given = answer.headers.get_all("Set-Cookie") or []
        if answer.status != http.HTTPStatus.SEE_OTHER or not given:
            raise BenchmarkError(f"a sign-in was answered with {answer.status}")
        return "; ".join(cookie.partition(";")[0] for cookie in given)


def main(arguments: Sequence[str] | None = None) -> int:
    """0: the gate holds. 1: it was missed. 2: nothing could be measured."""
    options = _options().parse_args(arguments)
    kinds = [options.database] if options.database else KINDS
    try:
        if options.into:
            document.require_marks(options.into, "scale")
        cores = share_out()
        reports = [_report(kind, options.posts, cores) for kind in kinds]
    except BenchmarkError as reason:
        print(f"scale: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print("\n\n".join(report.laid_out(table.aligned) for report in reports))
    if options.into:
        document.put(options.into, "scale", "\n\n".join(report.laid_out(table.markdown) for report in reports))
    misses = [line for report in reports for line in report.misses()]
    print("\n".join(misses), file=sys.stderr)
    return 1 if misses else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--database", choices=KINDS, help="default: both")
    parser.add_argument("--posts", type=int, help="of the large blog, with as many comments to each as usual")
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="put the tables into that document, between its marks"
    )
    return parser


def _report(kind: str, posts: int | None, cores: Cores) -> Report:
    large = LARGE[kind]
    if posts:
        large = Blog(posts, posts * large.comments // large.posts)
    with tempfile.TemporaryDirectory(prefix="blogapp-scale-") as name, databases(kind, Path(name)) as make:
        began = time.perf_counter()
        program = _filled(make, "large", large, Path(name))
        filled = time.perf_counter() - began
        programs = (_filled(make, "small", SMALL, Path(name)), program)
        with ExitStack() as stack:
            running = [stack.enter_context(serve(one, {cores.server}, Path(name))) for one in programs]
            rows = [_compared(one, running, large) for one in KINDS_OF_PAGE]
        return Report(kind, large, filled, rows)


def _filled(make: MakeDatabase, name: str, blog: Blog, folder: Path) -> servers.Program:
    program = servers.with_settings(servers.blogapp(make(name)), name, TASKS="off", PAGE_CACHE_BYTES="0")
    servers.run((sys.executable, "-m", "blogapp", "db", "upgrade"), program.environment, folder)
    opened = engine(program.environment["DATABASE_URL"])
    try:
        fill(opened, blog)
    finally:
        opened.dispose()
    return program


def _compared(kind: Kind, running: Sequence[Running], large: Blog) -> Compared:
    with ExitStack() as stack:
        readers = [
            stack.enter_context(closing(Reader(server, blog, signed_in=kind.signed_in)))
            for server, blog in zip(running, (SMALL, large), strict=True)
        ]
        chance = random.Random(kind.name)
        for reader in readers:
            reader.ask(kind.path(chance, reader.blog))
        taken = [[reader.ask(kind.path(chance, reader.blog)) for reader in readers] for _ in range(TIMES)]
    small, many = (statistics.median(one) for one in zip(*taken, strict=True))
    return Compared(kind, small, many)


if __name__ == "__main__":
    sys.exit(main())
