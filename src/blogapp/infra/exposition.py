"""Counted numbers in the words of Prometheus."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from blogapp.infra import metrics
from blogapp.infra.backlog import Backlog
from blogapp.infra.metrics import BOUNDS, MICRO

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Records = Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class Exposition(Collector):
    records: Records
    pids: list[int]
    backlog: Backlog | None
    """None when the database could not be asked."""

    def text(self) -> bytes:
        return generate_latest(self)

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("blogapp_workers", "Processes that serve.", len(self.pids))
        facts = {"version": version("blogapp"), "python": platform.python_version()}
        info = GaugeMetricFamily("blogapp_info", "What is running.", labels=list(facts))
        info.add_metric(list(facts.values()), 1)
        yield info
        yield from self._requests()
        yield from self._cache()
        yield from self._database()
        yield from self._tasks()
        live = self._gauge(metrics.LIVE_CONNECTIONS)
        yield GaugeMetricFamily("blogapp_live_connections", "Sockets and event streams that are open.", live)
        lag = HistogramMetricFamily("blogapp_event_loop_lag_seconds", "How late a timer of the event loop is.")
        _put(lag, [], self.records.get(metrics.LAG, _NOTHING))
        yield lag
        yield from _processes(self.pids)

    def _requests(self) -> Iterator[Metric]:
        """Latency by route alone: with each method and status there would be fifteen lines more for each."""
        total = CounterMetricFamily(
            "blogapp_http_requests",
            "Requests answered; 499: the client left first.",
            labels=["method", "status", "route"],
        )
        seconds = HistogramMetricFamily(
            "blogapp_http_request_duration_seconds",
            "From the end of a request to the beginning of its answer.",
            labels=["route"],
        )
        by_route: defaultdict[str, list[int]] = defaultdict(lambda: list(_NOTHING))
        for key, numbers in sorted(self.records.items()):
            kind, *labels = key.split("\t")
            if kind == metrics.REQUEST:
                total.add_metric(labels, sum(numbers[1:]))
                by_route[labels[2]] = [a + b for a, b in zip(by_route[labels[2]], numbers, strict=True)]
        for route, numbers in by_route.items():
            _put(seconds, [route], numbers)
        yield total
        yield seconds

    def _cache(self) -> Iterator[Metric]:
        hits, misses = (self.records.get(key, _NOTHING)[0] for key in (metrics.HIT, metrics.MISS))
        yield CounterMetricFamily("blogapp_page_cache_hits", "Answers found in the page cache.", hits)
        yield CounterMetricFamily("blogapp_page_cache_misses", "Answers made to be kept there.", misses)
        taken, entries = self._gauge(metrics.CACHE_BYTES), self._gauge(metrics.CACHE_ENTRIES)
        yield GaugeMetricFamily("blogapp_page_cache_bytes", "Memory of kept answers.", taken)
        yield GaugeMetricFamily("blogapp_page_cache_entries", "Kept answers.", entries)

    def _database(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("blogapp_database_up", "Whether the database answers.", int(self.backlog is not None))
        size = GaugeMetricFamily("blogapp_database_pool_size", "Connections at most.", labels=["pool"])
        in_use = GaugeMetricFamily("blogapp_database_pool_in_use", "Connections at work.", labels=["pool"])
        for family, name in ((size, metrics.POOL_SIZE), (in_use, metrics.POOL_IN_USE)):
            prefix = f"{metrics.GAUGE}\t{name}\t"
            for key, numbers in sorted(self.records.items()):
                if key.startswith(prefix):
                    family.add_metric([key.removeprefix(prefix)], numbers[0])
        yield from (up, size, in_use)

    def _tasks(self) -> Iterator[Metric]:
        """The same from each instance that shares the database: take the largest, not the sum."""
        if self.backlog is None:
            return
        family = GaugeMetricFamily("blogapp_tasks", "Rows of the outbox.", labels=["state"])
        for state, number in self.backlog.states.items():
            family.add_metric([state], number)
        yield family
        overdue = self.backlog.overdue
        yield GaugeMetricFamily("blogapp_tasks_overdue_seconds", "How long the next task has been due.", overdue)

    def _gauge(self, name: str) -> int:
        return self.records.get(f"{metrics.GAUGE}\t{name}", _NOTHING)[0]


_NOTHING = [0] * (len(BOUNDS) + 2)


def _put(family: HistogramMetricFamily, labels: list[str], numbers: list[int]) -> None:
    buckets, so_far = [], 0
    for bound, number in zip([*map(str, BOUNDS), "+Inf"], numbers[1:], strict=True):
        so_far += number
        buckets.append((bound, float(so_far)))
    family.add_metric(labels, buckets, numbers[0] / MICRO)


def _processes(pids: list[int]) -> Iterator[Metric]:
    """Memory, time of the processor and open files of each: all of them are on this machine."""
    families: dict[str, Metric] = {}
    for pid in pids:
        for found in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]  # bound now
            family = families.setdefault(found.name, Metric(found.name, found.documentation, found.type))
            for sample in found.samples:
                family.add_sample(sample.name, {**sample.labels, "pid": str(pid)}, sample.value)
    yield from families.values()
