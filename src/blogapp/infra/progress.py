"""How far long work has come: a bar on a terminal, plain lines elsewhere, both on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

LINES = 10
"""Plain lines for one piece of work, at most."""

Advance = Callable[[int], None]


class Progress(Protocol):
    def count(self, label: str, total: int, /) -> AbstractContextManager[Advance]:
        """Work of `total` parts; what it yields is told how many more are done."""


class Silent:
    def count(self, _label: str, _total: int, /) -> AbstractContextManager[Advance]:
        return nullcontext(lambda _done: None)


class Lines:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def count(self, label: str, total: int) -> Iterator[Advance]:
        done, told = 0, 0

        def advance(more: int) -> None:
            nonlocal done, told
            done += more
            if done * LINES // max(total, 1) > told:
                told = done * LINES // max(total, 1)
                print(f"{label}: {done} of {total}", file=self._stream, flush=True)

        yield advance


class Bars:
    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream)

    @contextmanager
    def count(self, label: str, total: int) -> Iterator[Advance]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Bar(*columns, console=self._console) as bar:
            task = bar.add_task(label, total=total)
            yield lambda more: bar.advance(task, more)


def shown(stream: TextIO | None = None) -> Progress:
    """Fit for where the stream leads; standard error if none is given."""
    stream = stream or sys.stderr
    return Bars(stream) if stream.isatty() else Lines(stream)
