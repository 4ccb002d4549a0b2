"""Two cores kept apart: one for the server under test, one for the load and PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class BenchmarkError(Exception):
    """The benchmark cannot be run or trusted; the message is one line for the person who started it."""


@dataclass(frozen=True)
class Cores:
    server: int
    load: int


def share_out() -> Cores:
    """The first two cores this process may use; it moves itself, and so all it starts, to the load's."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise BenchmarkError("the benchmark needs two processor cores: one for the server, one for the load")
    cores = Cores(server=allowed[0], load=allowed[1])
    os.sched_setaffinity(0, {cores.load})
    return cores


@contextmanager
def starting_on(cores: Collection[int]) -> Iterator[None]:
    """What is started inside runs on those cores from its first instruction."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
