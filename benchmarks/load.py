"""Full load from wrk: 32 keep-alive connections that ask again as soon as they are answered."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from benchmarks.cores import BenchmarkError
from benchmarks.processes import processor_seconds
from benchmarks.servers import Running

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Effort:
    seconds: int
    """Of each load."""
    rounds: int
    probe_seconds: int
    starts: int


@dataclass(frozen=True)
class Reading:
    rate: float
    """Requests answered in a second."""
    p50: float
    p99: float
    """Milliseconds."""
    cost: float
    """Processor milliseconds the server spent on one request."""
    busy: float
    """Share of its core the server got; under full load what is missing from 1 went to other programs."""


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        raise BenchmarkError(
            "wrk is not on PATH: install it with `apt install wrk`, `dnf install wrk` or `brew install wrk`"
        )


def load(server: Running, paths: Sequence[str], seconds: int) -> Reading:
    """Asks for the paths in turn. Raises BenchmarkError when any request failed: a rate that counts errors means nothing."""
    options = ("-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", str(SCRIPT), server.url("/"), "--", *paths)
    spent = processor_seconds(server.pid)
    done = subprocess.run(("wrk", *options), capture_output=True, text=True, check=False)
    spent = processor_seconds(server.pid) - spent
    if done.returncode:
        raise BenchmarkError(f"wrk failed on {server.name} {paths[0]}: {done.stderr.strip() or done.stdout.strip()}")
    facts = json.loads(done.stdout.splitlines()[-1])
    if facts["refused"] or facts["failed"]:
        raise BenchmarkError(
            f"{server.name} {paths[0]} under load: {facts['refused']} error answers and "
            f"{facts['failed']} broken connections in {facts['requests']} requests"
        )
    seconds_taken = facts["duration"] / 1e6
    return Reading(
        rate=facts["requests"] / seconds_taken,
        p50=facts["p50"] / 1000,
        p99=facts["p99"] / 1000,
        cost=spent / facts["requests"] * 1000,
        busy=spent / seconds_taken,
    )


def mean(readings: Sequence[Reading]) -> Reading:
    return _each_field(readings, statistics.mean)


def median(readings: Sequence[Reading]) -> Reading:
    return _each_field(readings, statistics.median)


def _each_field(readings: Sequence[Reading], reduce: Callable[[Iterable[float]], float]) -> Reading:
    return Reading(*(reduce(values) for values in zip(*map(astuple, readings), strict=True)))
