"""Figures put into a Markdown document, between the marks it has for them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cores import BenchmarkError


def require_marks(document: Path, *names: str) -> None:
    """Raises BenchmarkError where one is missing: found out before anything is measured."""
    text = document.read_text()
    for name in names:
        if _end(name) not in text.partition(_begin(name))[2]:
            raise BenchmarkError(f"{document} has no place for these figures: {_begin(name)} and {_end(name)}")


def put(document: Path, name: str, figures: str) -> None:
    """In place of those that were there."""
    before, begin, rest = document.read_text().partition(_begin(name))
    _, end, after = rest.partition(_end(name))
    document.write_text(f"{before}{begin}\n\n{figures}\n\n{end}{after}")


def _begin(name: str) -> str:
    return f"<!-- {name}: made by the benchmarks -->"


def _end(name: str) -> str:
    return f"<!-- {name}: end -->"
