"""What was measured, reduced to medians and held to the gates."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from benchmarks.databases import NAMES
from benchmarks.gates import (
    HASHING,
    HELD_UP,
    KEPT_P99,
    MEMORY,
    RERENDERED,
    SAVE,
    SOCKET_MEMORY,
    SOCKET_TIME,
    START,
    TWO_WORKERS,
    Bound,
    Endpoint,
    Verdict,
)
from benchmarks.load import Reading, median
from benchmarks.measure import Measured, Turn
from benchmarks.table import LayOut
from benchmarks.workers import Workers

SPEED_HEADINGS = (
    *("", "req/s", "p50 ms", "p99 ms", "CPU ms"),
    *("of H", "range", "by CPU", "gate", "aim", "reached"),
    *("times Flask", "by CPU", "gate", "aim", "reached", "Flask of H"),
)
FIGURE_HEADINGS = ("", "value", "gate", "aim", "reached")
UNDISTURBED = 0.9
"""Share of its core from which on the rates of a run mean something."""
UNJUDGED = ("", "", "")


def figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


@dataclass(frozen=True)
class Judged:
    """A figure and what it is held to; without a bound it is for information."""

    name: str
    value: float
    unit: str
    bound: Bound | None

    @property
    def verdict(self) -> Verdict | None:
        return self.bound.verdict(self.value) if self.bound else None

    def __str__(self) -> str:
        held_to = f", the gate is {self.bound.gate:g}{self.unit}" if self.bound else ""
        return f"{self.name} is {figure(self.value)}{self.unit}{held_to}"

    def cells(self) -> tuple[str, str, str]:
        if self.bound is None:
            return UNJUDGED
        return f"{self.bound.gate:g}", f"{self.bound.aim:g}", str(self.verdict)


@dataclass(frozen=True)
class Speed:
    """Medians over the rounds of one endpoint."""

    name: str
    blogapp: Reading
    of_h: Judged
    lowest: float
    highest: float
    of_h_by_cost: float
    of_flask: Judged
    of_flask_by_cost: float
    flask_of_h: float
    h: Reading

    def cells(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.blogapp.rate:,.0f}",
            f"{self.blogapp.p50:.1f}",
            f"{self.blogapp.p99:.1f}",
            f"{self.blogapp.cost:.2f}",
            f"{self.of_h.value:.3f}",
            f"{self.lowest:.3f}-{self.highest:.3f}",
            f"{self.of_h_by_cost:.3f}",
            *self.of_h.cells(),
            f"{self.of_flask.value:.2f}",
            f"{self.of_flask_by_cost:.2f}",
            *self.of_flask.cells(),
            f"{self.flask_of_h:.3f}",
        )


@dataclass(frozen=True)
class Report:
    database: str
    speeds: tuple[Speed, ...]
    figures: tuple[Judged, ...]

    def misses(self) -> list[str]:
        return [f"missed on {self.database}: {one}" for one in self._judged() if one.verdict == "MISS"]

    def disturbance(self) -> str | None:
        """One line when H, which could fill its core, was kept from it."""
        busy = [speed.h.busy for speed in self.speeds]
        if not busy or statistics.median(busy) >= UNDISTURBED:
            return None
        share = f"{statistics.median(busy):.0%}"
        return f"disturbed on {self.database}: H got {share} of its core, so other programs ran; trust only `by CPU`"

    def facts(self) -> dict[str, object]:
        """For JSON: every field, and the verdicts beside them."""
        verdicts = {one.name + one.unit: one.verdict for one in self._judged() if one.bound}
        return {**asdict(self), "verdicts": verdicts}

    def laid_out(self, lay_out: LayOut) -> str:
        parts = []
        if self.speeds:
            h = median([speed.h for speed in self.speeds])
            parts.append(
                f"On {NAMES[self.database]} H answered {h.rate:,.0f} requests a second at {h.cost:.2f} ms of processor "
                f"time, with {h.busy:.0%} of its core:"
            )
            parts.append(lay_out(SPEED_HEADINGS, [speed.cells() for speed in self.speeds]))
        if self.figures:
            rows = [(one.name, f"{figure(one.value)}{one.unit}", *one.cells()) for one in self.figures]
            parts.append(f"On {NAMES[self.database]}, beside these:")
            parts.append(lay_out(FIGURE_HEADINGS, rows))
        return "\n\n".join(parts)

    def _judged(self) -> Iterator[Judged]:
        for speed in self.speeds:
            yield from (speed.of_h, speed.of_flask)
        yield from self.figures


def report(measured: Measured) -> Report:
    endpoints = dict.fromkeys(turn.endpoint for turn in measured.turns)
    speeds = (
        _speed(endpoint, [turn for turn in measured.turns if turn.endpoint == endpoint], measured.database)
        for endpoint in endpoints
    )
    return Report(measured.database, tuple(speeds), tuple(_figures(measured)))


def _speed(endpoint: Endpoint, turns: list[Turn], database: str) -> Speed:
    of_h = [turn.blogapp.of_h for turn in turns]
    of_flask = [turn.blogapp.of_h / turn.flask.of_h for turn in turns]
    bound_of_h, bound_of_flask = endpoint.bounds_on(database)
    name = endpoint.name
    return Speed(
        name=name,
        blogapp=median([turn.blogapp.app for turn in turns]),
        of_h=Judged(name, statistics.median(of_h), " of H", bound_of_h),
        lowest=min(of_h),
        highest=max(of_h),
        of_h_by_cost=statistics.median(turn.blogapp.of_h_by_cost for turn in turns),
        of_flask=Judged(name, statistics.median(of_flask), " times Flask", bound_of_flask),
        of_flask_by_cost=statistics.median(turn.flask.app.cost / turn.blogapp.app.cost for turn in turns),
        flask_of_h=statistics.median(turn.flask.of_h for turn in turns),
        h=median([turn.blogapp.h for turn in turns]),
    )


def _figures(measured: Measured) -> Iterator[Judged]:
    if measured.swift:
        of_h = statistics.median(pair.of_h for pair in measured.swift)
        by_cost = statistics.median(pair.of_h_by_cost for pair in measured.swift)
        yield Judged("H served as blogapp is, the most that is possible", of_h, " of H", None)
        yield Judged("the same by processor time", by_cost, " of H", None)
    if slowest := _slowest_kept(measured):
        yield Judged("p99 of the slowest of the kept pages", slowest, " ms", KEPT_P99)
    if measured.hashing is not None:
        yield Judged("p99 of other requests, 2 sign-ins a second", measured.hashing.p99, " ms", HASHING)
        yield Judged("p99 of the same requests without sign-ins", measured.hashing.quiet_p99, " ms", None)
        yield Judged("one sign-in, median", measured.hashing.sign_in, " ms", None)
    if measured.saving is not None:
        yield Judged("saving a text of 10,000 characters, median", measured.saving.median, " ms", SAVE)
        yield Judged("p99 of other requests, 2 of these saves a second", measured.saving.p99, " ms", HELD_UP)
        yield Judged("the slowest of them", measured.saving.worst, " ms", None)
    if measured.sockets is not None:
        yield Judged("memory of the worker for each of 1,000 sockets", measured.sockets.memory, " KiB", SOCKET_MEMORY)
        yield Judged("a new post known to 1,000 sockets, median", measured.sockets.to_all, " ms", SOCKET_TIME)
        yield Judged("the slowest of these", measured.sockets.slowest, " ms", None)
        yield Judged("processor time of the worker for one of them", measured.sockets.cost, " ms", None)
    if measured.workers is not None:
        yield from _of_workers(measured.workers)
    if measured.rerendering is not None:
        yield Judged("the HTML of one post made again, of 5,000", measured.rerendering, " ms", RERENDERED)
    if measured.start is not None:
        yield Judged("first page after `blogapp serve`", measured.start, " s", START)
    if measured.memory is not None:
        yield Judged("memory of the worker afterwards (PSS)", measured.memory, " MiB", MEMORY)


def _of_workers(measured: Workers) -> Iterator[Judged]:
    yield Judged("kept pages of one worker on both cores", measured.one, " a second", None)
    yield Judged("kept pages of two workers on both cores", measured.two, " a second", None)
    yield Judged("two workers against one", measured.times, " times", TWO_WORKERS)
    yield Judged("the most two cores allow beside the load", measured.most, " times", None)
    yield Judged("two workers against one, by processor time", measured.by_cost, " times", None)
    yield Judged("work of the less busy of the two", measured.evenness, " of the other's", None)
    yield Judged("what these and their load got of both cores", measured.busy * 100, " %", None)


def _slowest_kept(measured: Measured) -> float:
    """Of each kept page the median of its rounds, and of those the highest; 0 when none was asked for."""
    p99s: dict[Endpoint, list[float]] = {}
    for turn in measured.turns:
        if turn.endpoint.is_kept:
            p99s.setdefault(turn.endpoint, []).append(turn.blogapp.app.p99)
    return max((statistics.median(found) for found in p99s.values()), default=0)
