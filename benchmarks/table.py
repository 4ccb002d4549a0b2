"""Rows of cells as aligned text or as Markdown; the first column is words, the others are figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Row = Sequence[str]
LayOut = Callable[[Row, Sequence[Row]], str]


def aligned(headings: Row, rows: Sequence[Row]) -> str:
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    return "\n".join(_line(row, widths) for row in (headings, *rows))


def markdown(headings: Row, rows: Sequence[Row]) -> str:
    ruler = ["--", *("--:" for _ in headings[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ruler, *rows))


def _line(row: Row, widths: Sequence[int]) -> str:
    words, *figures = (
        cell.rjust(width) if number else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((words, *figures)).rstrip()
