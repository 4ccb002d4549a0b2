"""Two workers against one on the same two cores, which they share with the load and with Redis.

The load takes its part of the cores in both cases, and more of it the faster it is answered. So it can't show twice
the pages even where a worker costs the other nothing: the processor time of each part tells what it could be.
"""

from __future__ import annotations

import resource
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers
from benchmarks.cores import Cores, starting_on
from benchmarks.load import Effort, Reading, load
from benchmarks.processes import family, processor_seconds
from benchmarks.redis_server import redis_server
from benchmarks.servers import Program, Running, serve

VISITS = 4
"""Times that all pages are asked for, each on a new connection, so that both workers come to keep them."""
LOADS = 3
"""Of each in a round: here nothing is pinned, so single loads tell little."""


@dataclass(frozen=True)
class _Share:
    """One load, and who had how much of the processors."""

    reading: Reading
    client: float
    """Processor milliseconds the load itself spent on one request."""
    evenness: float
    """Processor time of the least busy worker by that of the busiest."""


@dataclass(frozen=True)
class Workers:
    """Medians over the rounds."""

    one: float
    two: float
    """Requests a second."""
    times: float
    by_cost: float
    """The same if each worker had a core: twice the processor time of a request with one by that with two."""
    most: float
    """What two cores allow, the load's own part taken off, if a request cost no more with two workers than with one."""
    evenness: float
    busy: float
    """Share of both cores that two workers and their load got."""


def workers(program: Program, paths: Sequence[str], cores: Cores, folder: Path, effort: Effort) -> Workers:
    everywhere = {cores.server, cores.load}
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server(folder))
        one, two = (
            stack.enter_context(serve(servers.of_workers(program, count, redis_url), everywhere, folder))
            for count in (1, 2)
        )
        stack.enter_context(starting_on(everywhere))
        pairs = [
            (_load(one, paths, effort.seconds), _load(two, paths, effort.seconds)) for _ in range(LOADS * effort.rounds)
        ]
    return Workers(
        one=statistics.median(alone.reading.rate for alone, _ in pairs),
        two=statistics.median(both.reading.rate for _, both in pairs),
        times=statistics.median(both.reading.rate / alone.reading.rate for alone, both in pairs),
        by_cost=statistics.median(2 * alone.reading.cost / both.reading.cost for alone, both in pairs),
        most=statistics.median(2 / (1 + both.client / alone.reading.cost) for alone, both in pairs),
        evenness=statistics.median(both.evenness for _, both in pairs),
        busy=statistics.median((both.reading.cost + both.client) * both.reading.rate / 2000 for _, both in pairs),
    )


def _load(server: Running, paths: Sequence[str], seconds: int) -> _Share:
    _make_all_keep(server, paths)
    before, client = _spent(server), _client_seconds()
    reading = load(server, paths, seconds)
    client = _client_seconds() - client
    spent = [after - earlier for after, earlier in zip(_spent(server), before, strict=True)]
    requests = reading.rate * seconds
    return _Share(reading, client / requests * 1000, min(spent) / max(spent))


def _make_all_keep(server: Running, paths: Sequence[str]) -> None:
    for _ in range(VISITS):
        for path in paths:
            server.get(path)


def _spent(server: Running) -> list[float]:
    """Processor seconds of each worker; the supervisor waits."""
    return [processor_seconds(pid) for pid in family(server.pid)[1:]] or [processor_seconds(server.pid)]


def _client_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
