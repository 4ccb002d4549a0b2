"""One database's figures: three servers on the same data, asked in turns so that a slow minute hits all alike."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path

from benchmarks import flask_blog, servers
from benchmarks.cores import BenchmarkError, Cores
from benchmarks.crowd import allow_files
from benchmarks.data import Sample, fill
from benchmarks.databases import databases, engine
from benchmarks.gates import Endpoint
from benchmarks.load import Effort, Reading, load, mean
from benchmarks.probe import Hashing, Saving, hashing, saving
from benchmarks.processes import worker_memory
from benchmarks.rerendering import rerendering
from benchmarks.servers import Program, Running, serve
from benchmarks.sockets import LISTENERS, Sockets, sockets
from benchmarks.workers import Workers, workers

WARMING = 1
"""Seconds of load on each endpoint of each server before anything is measured."""
SHARED = ("/", "/posts/{id}/{slug}")
MOST_SHARED = 50
"""Pages that two workers and one are compared by: few enough for both to keep them all soon."""
PROBED = ("/", "/api/posts/{id}", "/posts/{id}/{slug}")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    endpoints: tuple[Endpoint, ...]
    figures: frozenset[str]
    effort: Effort


@dataclass(frozen=True)
class Pair:
    """An application's reading and the two of H it stands between."""

    before: Reading
    app: Reading
    after: Reading

    @property
    def of_h(self) -> float:
        return self.app.rate / self.h.rate

    @property
    def of_h_by_cost(self) -> float:
        """The same by processor time, which other programs on the core disturb less."""
        return self.h.cost / self.app.cost

    @property
    def h(self) -> Reading:
        return mean([self.before, self.after])


@dataclass(frozen=True)
class Turn:
    """One endpoint in one round."""

    endpoint: Endpoint
    blogapp: Pair
    flask: Pair


@dataclass(frozen=True)
class Measured:
    database: str
    turns: tuple[Turn, ...]
    swift: tuple[Pair, ...]
    """H served as blogapp is, once a round."""
    hashing: Hashing | None
    saving: Saving | None
    sockets: Sockets | None
    workers: Workers | None
    rerendering: float | None
    """Milliseconds for a post."""
    start: float | None
    """Seconds, median of several starts."""
    memory: float | None
    """MiB."""


@dataclass(frozen=True)
class Subjects:
    h: Running
    swift: Running
    blogapp: Running
    """As it is by default, with its page cache."""
    program: Program
    """What `blogapp` runs."""
    uncached: Running
    flask: Running
    sample: Sample

    def asked(self, endpoint: Endpoint) -> Running:
        return self.blogapp if endpoint.is_kept else self.uncached


def measure(kind: str, plan: Plan, cores: Cores, folder: Path, say: Say) -> Measured:
    with _subjects(kind, plan, cores, folder, say) as (subjects, starts):
        turns = tuple(_turns(subjects, plan, say))
        return Measured(
            kind,
            turns,
            tuple(_swift(subjects, plan, say)),
            _hashing(subjects, plan, say),
            _saving(subjects, plan, say),
            _sockets(subjects, plan, cores, folder, say),
            _workers(subjects, plan, cores, folder, say),
            _rerendering(subjects, plan, cores, folder, say),
            statistics.median(starts) if "start" in plan.figures else None,
            max(map(worker_memory, (subjects.blogapp.pid, subjects.uncached.pid)))
            if "memory" in plan.figures
            else None,
        )


def _hashing(subjects: Subjects, plan: Plan, say: Say) -> Hashing | None:
    if "hashing" not in plan.figures:
        return None
    say("passwords hashed beside other requests")
    return hashing(subjects.uncached, _probed(subjects), plan.effort.probe_seconds)


def _saving(subjects: Subjects, plan: Plan, say: Say) -> Saving | None:
    if "saving" not in plan.figures:
        return None
    say("texts saved beside other requests")
    return saving(subjects.uncached, _probed(subjects), plan.effort.probe_seconds)


def _probed(subjects: Subjects) -> list[str]:
    return [subjects.sample.paths(path)[0] for path in PROBED]


def _sockets(subjects: Subjects, plan: Plan, cores: Cores, folder: Path, say: Say) -> Sockets | None:
    if "sockets" not in plan.figures:
        return None
    say(f"{LISTENERS:,} sockets")
    allow_files(LISTENERS)
    program = servers.with_settings(subjects.program, "blogapp, sockets", LIVE_CONNECTIONS_EACH=str(LISTENERS))
    with serve(program, {cores.server}, folder) as server:
        return sockets(server)


def _workers(subjects: Subjects, plan: Plan, cores: Cores, folder: Path, say: Say) -> Workers | None:
    """On SQLite too: kept pages read no database, and both workers share it."""
    if "workers" not in plan.figures:
        return None
    say("two workers against one")
    paths = [path for pattern in SHARED for path in subjects.sample.paths(pattern)[:MOST_SHARED]]
    return workers(subjects.program, paths, cores, folder, plan.effort)


def _rerendering(subjects: Subjects, plan: Plan, cores: Cores, folder: Path, say: Say) -> float | None:
    if "rerendering" not in plan.figures:
        return None
    say("the HTML of all posts made again")
    return rerendering(subjects.program, cores, folder)


@contextmanager
def _subjects(kind: str, plan: Plan, cores: Cores, folder: Path, say: Say) -> Iterator[tuple[Subjects, list[float]]]:
    with databases(kind, folder) as make:
        say("filling the databases")
        blog_url, flask_url = make("blogapp"), make("flask")
        sample = _fill(blog_url, flask_url, folder)
        program = servers.blogapp(blog_url)
        starts = list(_starts(program, plan, cores, folder, say))
        with (
            serve(servers.hello(), {cores.server}, folder) as h,
            serve(servers.swift_hello(), {cores.server}, folder) as swift,
            serve(program, {cores.server}, folder) as blogapp,
            serve(servers.uncached(program), {cores.server}, folder) as uncached,
            serve(servers.flask(flask_url), {cores.server}, folder) as flask,
        ):
            yield Subjects(h, swift, blogapp, program, uncached, flask, sample), [*starts, blogapp.started_in]


def _fill(blog_url: str, flask_url: str, folder: Path) -> Sample:
    """Search is told of the posts here: a server that found them unknown would do that beside what is measured."""
    blogapp = partial(servers.run, environment=servers.blogapp_environment(blog_url), folder=folder)
    blogapp((sys.executable, "-m", "blogapp", "db", "upgrade"))
    flask_blog.create_tables(flask_url)
    for url in (flask_url, blog_url):
        filled = engine(url)
        sample = fill(filled)
        filled.dispose()
    blogapp((sys.executable, "-m", "blogapp", "posts", "index"))
    return sample


def _starts(program: Program, plan: Plan, cores: Cores, folder: Path, say: Say) -> Iterator[float]:
    """All starts but the last, which stays up for the rest."""
    if "start" in plan.figures:
        for number in range(1, plan.effort.starts):
            say(f"start {number} of {plan.effort.starts}")
            with serve(program, {cores.server}, folder) as running:
                yield running.started_in


def _turns(subjects: Subjects, plan: Plan, say: Say) -> Iterator[Turn]:
    if not plan.endpoints:
        return
    _check_and_warm(subjects, plan.endpoints)
    for number in range(1, plan.effort.rounds + 1):
        before = load(subjects.h, ["/"], plan.effort.seconds)
        for endpoint in plan.endpoints:
            say(f"round {number} of {plan.effort.rounds}, {endpoint.path}")
            turn = _turn(subjects, endpoint, before, plan.effort.seconds)
            yield turn
            before = turn.flask.after


def _swift(subjects: Subjects, plan: Plan, say: Say) -> Iterator[Pair]:
    if not plan.endpoints:
        return
    say("H served as blogapp is")
    load(subjects.swift, ["/"], WARMING)
    before = load(subjects.h, ["/"], plan.effort.seconds)
    for _ in range(plan.effort.rounds):
        swift = load(subjects.swift, ["/"], plan.effort.seconds)
        after = load(subjects.h, ["/"], plan.effort.seconds)
        yield Pair(before, swift, after)
        before = after


def _turn(subjects: Subjects, endpoint: Endpoint, before: Reading, seconds: int) -> Turn:
    paths = subjects.sample.paths(endpoint.path)
    if endpoint.is_kept:  # for a minute, and the last round may be longer ago
        subjects.blogapp.get_all(paths)
    blogapp = load(subjects.asked(endpoint), paths, seconds)
    between = load(subjects.h, ["/"], seconds)
    flask = load(subjects.flask, subjects.sample.paths(endpoint.flask_path), seconds)
    after = load(subjects.h, ["/"], seconds)
    return Turn(endpoint, Pair(before, blogapp, between), Pair(between, flask, after))


def _check_and_warm(subjects: Subjects, endpoints: tuple[Endpoint, ...]) -> None:
    for endpoint in endpoints:
        shows = subjects.sample.shown(endpoint.shows)
        _check(subjects.asked(endpoint), subjects.sample.paths(endpoint.path), shows)
        _check(subjects.flask, subjects.sample.paths(endpoint.flask_path), shows)


def _check(server: Running, paths: list[str], shows: str) -> None:
    status, body = server.get(paths[0])
    if status != HTTPStatus.OK or shows.encode() not in body:
        raise BenchmarkError(
            f"{server.name} {paths[0]} answered {status} without {shows!r}: it does not do the work measured"
        )
    load(server, paths, WARMING)
