"""`make faults`: runs the tests of this folder and writes what happened into docs/faults.md."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "faults.md"
BEGINS, ENDS = "<!-- made by make faults -->", "<!-- until here -->"
COLUMNS = {
    "fault": "fault",
    "answers": "answers",
    "acknowledged": "acknowledged writes",
    "lost": "lost",
    "mails": "letters",
    "500": "500",
    "503": "503",
    "cut": "cut connections",
    "recovery": "recovery, s",
}


class Listener:
    """A plugin that hears what the tests tell."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.rows += [row for name, row in report.user_properties if name == "row" and isinstance(row, dict)]


def table(found: list[dict[str, Any]]) -> str:
    lines = [list(COLUMNS.values()), ["--", *("--:" for _ in list(COLUMNS)[1:])]]
    lines += [[_cell(row[name]) for name in COLUMNS] for row in found]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def main() -> int:
    """The tests' exit code; the page changes only when all of them passed."""
    listener = Listener()
    failed = pytest.main([str(FOLDER), "-q", *sys.argv[1:]], [listener])
    made = table(listener.rows)
    sys.stdout.write(f"\n{made}")
    if not failed:
        before, _, rest = PAGE.read_text().partition(BEGINS)
        PAGE.write_text(f"{before}{BEGINS}\n{made}{ENDS}{rest.partition(ENDS)[2]}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
