"""`python -m benchmarks`: measures, prints the table, and ends with 0 only when every gate holds."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

from benchmarks import document, table
from benchmarks.cores import BenchmarkError, share_out
from benchmarks.databases import KINDS
from benchmarks.gates import ENDPOINTS, FIGURES, ROWS
from benchmarks.load import CONNECTIONS, Effort, require_wrk
from benchmarks.measure import Plan, Say, measure
from benchmarks.report import Report, report

FULL = Effort(seconds=2, rounds=5, probe_seconds=15, starts=3)
QUICK = Effort(seconds=1, rounds=1, probe_seconds=5, starts=1)
COMPARED = ("quart", "hypercorn", "uvloop", "sqlalchemy", "asyncpg", "aiosqlite", "flask", "gunicorn", "psycopg")


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all gates hold. 1: a gate was missed. 2: nothing could be measured."""
    options = _options().parse_args(arguments)
    try:
        require_wrk()
        if options.into:
            document.require_marks(options.into, *_kinds(options))
        reports = _reports(options)
    except BenchmarkError as reason:
        print(f"benchmarks: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print("\n\n".join(one.laid_out(table.markdown if options.markdown else table.aligned) for one in reports))
    if options.into:
        for one in reports:
            document.put(options.into, one.database, one.laid_out(table.markdown))
    if options.json:
        options.json.write_text(json.dumps(_facts(reports, _plan(options)), indent=2) + "\n")
    misses = [miss for one in reports for miss in one.misses()]
    for line in (*filter(None, (one.disturbance() for one in reports)), *misses):
        print(line, file=sys.stderr)
    return 1 if misses else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a first impression on PostgreSQL, in about a minute")
    parser.add_argument("--database", choices=(*KINDS, "both"), help="default: both, with --quick postgresql")
    parser.add_argument(
        "--only", action="append", choices=ROWS, metavar="ROW", help=f"one of {', '.join(ROWS)}; again for more"
    )
    parser.add_argument("--seconds", type=_positive, help=f"of each load (default {FULL.seconds})")
    parser.add_argument("--rounds", type=_positive, help=f"times all is measured (default {FULL.rounds})")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument(
        "--into", type=Path, metavar="FILE", help="put the tables into that document, between its marks"
    )
    parser.add_argument("--json", type=_new_file, metavar="FILE", help="write all figures there too")
    return parser


def _reports(options: argparse.Namespace) -> list[Report]:
    cores = share_out()
    plan = _plan(options)
    reports = []
    for kind in _kinds(options):
        with tempfile.TemporaryDirectory(prefix="blogapp-benchmark-") as folder:
            say = _progress(kind)
            reports.append(report(measure(kind, plan, cores, Path(folder), say)))
    return reports


def _kinds(options: argparse.Namespace) -> Sequence[str]:
    chosen: str = options.database or ("postgresql" if options.quick else "both")
    return KINDS if chosen == "both" else (chosen,)


def _plan(options: argparse.Namespace) -> Plan:
    effort = QUICK if options.quick else FULL
    wanted = options.only or ROWS
    return Plan(
        endpoints=tuple(endpoint for endpoint in ENDPOINTS if endpoint.key in wanted),
        figures=frozenset(wanted).intersection(FIGURES),
        effort=replace(effort, seconds=options.seconds or effort.seconds, rounds=options.rounds or effort.rounds),
    )


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _new_file(value: str) -> Path:
    """Found out now rather than after ten minutes of measuring."""
    path = Path(value)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path


def _progress(kind: str) -> Say:
    """One line rewritten on a terminal, a line for each step otherwise."""
    if sys.stderr.isatty():
        return lambda step: print(f"\r\033[K{kind}: {step}", end="", file=sys.stderr, flush=True)
    return lambda step: print(f"{kind}: {step}", file=sys.stderr)


def _facts(reports: Sequence[Report], plan: Plan) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}",
        "versions": {name: version(name) for name in COMPARED},
        "effort": {**asdict(plan.effort), "connections": CONNECTIONS},
        "databases": [one.facts() for one in reports],
    }


if __name__ == "__main__":
    sys.exit(main())
