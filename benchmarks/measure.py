"""One database's figures: three servers on the same data, asked in turns so that a slow minute hits all alike."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from benchmarks import flask_blog, servers
from benchmarks.cores import Broken, Cores
from benchmarks.data import Sample, fill
from benchmarks.databases import databases, engine
from benchmarks.gates import Endpoint
from benchmarks.load import Reading, load
from benchmarks.probe import Hashing, hashing
from benchmarks.servers import Program, Running, serve

WARMING = 1
"""Seconds of load on each endpoint of each server before anything is measured."""
PROBED = ("/", "/api/posts/{id}", "/posts/{id}/{slug}")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    seconds: int
    """Of each load."""
    rounds: int
    probe_seconds: int
    starts: int


@dataclass(frozen=True)
class Plan:
    endpoints: tuple[Endpoint, ...]
    figures: frozenset[str]
    effort: Effort


@dataclass(frozen=True)
class Turn:
    """One endpoint in one round; each application stands between two readings of H."""

    endpoint: Endpoint
    blogapp: Reading
    flask: Reading
    h_around_blogapp: float
    h_around_flask: float

    @property
    def of_h(self) -> float:
        return self.blogapp.rate / self.h_around_blogapp

    @property
    def flask_of_h(self) -> float:
        return self.flask.rate / self.h_around_flask


@dataclass(frozen=True)
class Measured:
    database: str
    turns: tuple[Turn, ...]
    hashing: Hashing | None
    start: float | None
    """Seconds, median of several starts."""
    memory: float | None
    """MiB."""


@dataclass(frozen=True)
class Subjects:
    h: Running
    blogapp: Running
    flask: Running
    sample: Sample


def measure(kind: str, plan: Plan, cores: Cores, folder: Path, say: Say) -> Measured:
    with _subjects(kind, plan, cores, folder, say) as (subjects, starts):
        turns = tuple(_turns(subjects, plan, say))
        hashed = None
        if "hashing" in plan.figures:
            say("passwords hashed beside other requests")
            paths = [subjects.sample.paths(path)[0] for path in PROBED]
            hashed = hashing(subjects.blogapp, paths, plan.effort.probe_seconds)
        return Measured(
            kind,
            turns,
            hashed,
            statistics.median(starts) if "start" in plan.figures else None,
            _worker_memory(subjects.blogapp) if "memory" in plan.figures else None,
        )


@contextmanager
def _subjects(kind: str, plan: Plan, cores: Cores, folder: Path, say: Say) -> Iterator[tuple[Subjects, list[float]]]:
    with databases(kind, folder) as make:
        say("filling the databases")
        blog_url, flask_url = make("blogapp"), make("flask")
        sample = _fill(blog_url, flask_url, folder)
        program = servers.blogapp(blog_url)
        starts = list(_starts(program, plan, cores, folder, say))
        with (
            serve(servers.hello(), cores.server, folder) as h,
            serve(program, cores.server, folder) as blogapp,
            serve(servers.flask(flask_url), cores.server, folder) as flask,
        ):
            yield Subjects(h, blogapp, flask, sample), [*starts, blogapp.started_in]


def _fill(blog_url: str, flask_url: str, folder: Path) -> Sample:
    servers.run((sys.executable, "-m", "blogapp", "db", "upgrade"), servers.blogapp_environment(blog_url), folder)
    flask_blog.create_tables(flask_url)
    for url in (flask_url, blog_url):
        filled = engine(url)
        sample = fill(filled)
        filled.dispose()
    return sample


def _starts(program: Program, plan: Plan, cores: Cores, folder: Path, say: Say) -> Iterator[float]:
    """All starts but the last, which stays up for the rest."""
    if "start" in plan.figures:
        for number in range(1, plan.effort.starts):
            say(f"start {number} of {plan.effort.starts}")
            with serve(program, cores.server, folder) as running:
                yield running.started_in


def _turns(subjects: Subjects, plan: Plan, say: Say) -> Iterator[Turn]:
    _check_and_warm(subjects, plan.endpoints)
    for number in range(1, plan.effort.rounds + 1):
        h = load(subjects.h, ["/"], plan.effort.seconds).rate if plan.endpoints else 0
        for endpoint in plan.endpoints:
            say(f"round {number} of {plan.effort.rounds}, {endpoint.path}")
            blogapp = load(subjects.blogapp, subjects.sample.paths(endpoint.path), plan.effort.seconds)
            between = load(subjects.h, ["/"], plan.effort.seconds).rate
            flask = load(subjects.flask, subjects.sample.paths(endpoint.flask_path), plan.effort.seconds)
            after = load(subjects.h, ["/"], plan.effort.seconds).rate
            yield Turn(endpoint, blogapp, flask, (h + between) / 2, (between + after) / 2)
            h = after


def _check_and_warm(subjects: Subjects, endpoints: tuple[Endpoint, ...]) -> None:
    for endpoint in endpoints:
        shows = subjects.sample.shown(endpoint.shows)
        _check(subjects.blogapp, subjects.sample.paths(endpoint.path), shows)
        _check(subjects.flask, subjects.sample.paths(endpoint.flask_path), shows)


def _check(server: Running, paths: list[str], shows: str) -> None:
    status, body = server.get(paths[0])
    if status != HTTPStatus.OK or shows.encode() not in body:
        raise Broken(f"{server.name} {paths[0]} answered {status} without {shows!r}: it does not do the work measured")
    load(server, paths, WARMING)


def _worker_memory(server: Running) -> float:
    """The largest process of the server, should it have a supervisor."""
    return max(servers.memory(pid) for pid in servers.family(server.pid))
