"""`python -m benchmarks.soak`: many requests and listeners, and what they leave behind in the server's memory."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import document, servers, table
from benchmarks.cores import BenchmarkError, Cores, share_out
from benchmarks.crowd import allow_files, crowd
from benchmarks.data import Sample, fill
from benchmarks.databases import KINDS, NAMES, databases, engine
from benchmarks.gates import SOAKED
from benchmarks.processes import worker_memory
from benchmarks.report import FIGURE_HEADINGS, Judged
from benchmarks.servers import Running, serve
from benchmarks.traffic import Traffic

REQUESTS = 50_000
SOCKETS = 2_000
BATCH = 50
"""Listeners at a time: they come, requests are made, all hear of a post, and they go."""
WARMING = 0.1
"""Part of all that comes first and does not count."""
KEPT_BYTES = 4 * 1024 * 1024
"""Of the page cache: full after the warm-up, so that filling it is not taken for growth."""
SETTLING = 2.0
"""Seconds without requests before memory is read."""
LONGEST = 20 * 60
"""Seconds until it is given up."""
PARTS = 10
"""Times that it says how far it is."""


@dataclass(frozen=True)
class Soak:
    database: str
    requests: int
    sockets: int
    seconds: float
    memory: tuple[float, ...]
    """MiB of the server after the warm-up, along the way and at the end, as proportional set size."""

    @property
    def growth(self) -> Judged:
        percent = (self.memory[-1] / self.memory[0] - 1) * 100
        return Judged("growth", percent, " %", SOAKED)

    def laid_out(self, lay_out: table.LayOut) -> str:
        along = " ".join(f"{memory:.1f}" for memory in self.memory[1:-1])
        rows = [
            ("requests", f"{self.requests:,}", "", "", ""),
            ("sockets opened and closed", f"{self.sockets:,}", "", "", ""),
            ("minutes", f"{self.seconds / 60:.1f}", "", "", ""),
            ("memory after the warm-up (PSS)", f"{self.memory[0]:.1f} MiB", "", "", ""),
            ("memory at the end", f"{self.memory[-1]:.1f} MiB", "", "", ""),
            (self.growth.name, f"{self.growth.value:.1f}{self.growth.unit}", *self.growth.cells()),
        ]
        table_of_all = lay_out(FIGURE_HEADINGS, rows)
        return f"One worker on {NAMES[self.database]}:\n\n{table_of_all}\n\nMiB along the way: {along}."


def main(arguments: Sequence[str] | None = None) -> int:
    """0: the gate holds. 1: it was missed. 2: nothing could be measured."""
    options = _options().parse_args(arguments)
    try:
        if options.into:
            document.require_marks(options.into, "soak")
        soaked = _soaked(options.database, options.requests, options.sockets)
    except BenchmarkError as reason:
        print(f"soak: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(soaked.laid_out(table.markdown if options.markdown else table.aligned))
    if options.into:
        document.put(options.into, "soak", soaked.laid_out(table.markdown))
    if soaked.growth.verdict == "MISS":
        print(f"missed on {soaked.database}: {soaked.growth}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--database", choices=KINDS, default="sqlite", help="default: %(default)s")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="that count (default %(default)s)")
    parser.add_argument("--sockets", type=int, default=SOCKETS, help="that count (default %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--into", type=Path, metavar="FILE", help="put the table into that document, between its marks")
    return parser


def _soaked(kind: str, requests: int, sockets: int) -> Soak:
    cores = share_out()
    allow_files(BATCH)
    with (
        tempfile.TemporaryDirectory(prefix="blogapp-soak-") as name,
        _server(kind, cores, Path(name)) as (
            server,
            sample,
        ),
    ):
        try:
            return asyncio.run(_soak(kind, server, sample, requests, sockets))
        except TimeoutError:
            raise BenchmarkError(f"not done after {LONGEST // 60} minutes") from None
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        except (OSError, EOFError) as error:
            raise BenchmarkError(f"a request was left without an answer: {error!r}") from error


@contextmanager
def _server(kind: str, cores: Cores, folder: Path) -> Iterator[tuple[Running, Sample]]:
    with databases(kind, folder) as make:
        url = make("blogapp")
        settings = {"PAGE_CACHE_BYTES": str(KEPT_BYTES), "LIVE_CONNECTIONS_EACH": str(2 * BATCH)}
        program = servers.with_settings(servers.blogapp(url), "blogapp", **settings)
        servers.run((sys.executable, "-m", "blogapp", "db", "upgrade"), program.environment, folder)
        filled = engine(url)
        sample = fill(filled)
        filled.dispose()
        with serve(program, {cores.server}, folder) as server:
            yield server, sample


async def _soak(kind: str, server: Running, sample: Sample, requests: int, sockets: int) -> Soak:
    traffic = Traffic(server, sample)
    batches = max(1, round(sockets / BATCH))
    each = requests // batches
    async with asyncio.timeout(LONGEST):
        await traffic.begin()
        await _batches(server, traffic, max(1, round(batches * WARMING)), each)
        memory = [await _settled(server)]
        began, made, parts = time.monotonic(), 0, min(PARTS, batches)
        for part in range(parts):
            share = batches * (part + 1) // parts - batches * part // parts
            made += await _batches(server, traffic, share, each)
            memory.append(worker_memory(server.pid) if part < parts - 1 else await _settled(server))
            print(f"{kind}: {made:,} requests, {memory[-1]:.1f} MiB", file=sys.stderr)
        await traffic.end()
    return Soak(kind, made, batches * BATCH, time.monotonic() - began, tuple(memory))


async def _batches(server: Running, traffic: Traffic, count: int, requests: int) -> int:
    made = 0
    for number in range(count):
        with crowd(server, BATCH) as listeners:
            made += await traffic.flow(requests)
            title = f"The end of batch {number}"
            await traffic.publish(title)
            listeners.hear(title.encode())
    return made


async def _settled(server: Running) -> float:
    await asyncio.sleep(SETTLING)
    return worker_memory(server.pid)


if __name__ == "__main__":
    sys.exit(main())
