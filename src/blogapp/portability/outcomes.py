"""What became of each file of an import, and the report of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal["made", "updated", "unchanged", "skipped", "conflict", "refused"]
KINDS: tuple[Kind, ...] = ("made", "updated", "unchanged", "skipped", "conflict", "refused")
BAD: frozenset[Kind] = frozenset({"conflict", "refused"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """`notes` are what was left out of a post that was taken over all the same."""

    file: str
    kind: Kind
    post_id: int | None = None
    line: int | None = None
    reason: str = ""
    notes: Sequence[str] = ()
    not_taken: Sequence[str] = ()

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(slots=True)
class Report:
    dry_run: bool
    outcomes: list[Outcome] = field(default_factory=list)
    authors_made: list[str] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    not_taken: Counter[str] = field(default_factory=Counter)
    """By name in the front matter, in how many files."""

    def add(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.counts[outcome.kind] += 1
        self.not_taken.update(outcome.not_taken)

    @property
    def bad(self) -> int:
        return sum(self.counts[kind] for kind in BAD)

    def lines(self) -> Iterator[str]:
        """All that is worth reading on a terminal: what was refused comes last, and the numbers after it."""
        for outcome in self.outcomes:
            yield from (f"{outcome.file}: {note}" for note in outcome.notes)
        for name, files in self.not_taken.most_common():
            yield f"not taken over: {name} (in {files} file{'' if files == 1 else 's'})"
        for outcome in self.outcomes:
            if outcome.reason:
                yield f"{outcome.where}: {outcome.kind}: {outcome.reason}"
        if self.authors_made:
            yield f"{'would make' if self.dry_run else 'made'} accounts: {', '.join(self.authors_made)}"
        yield ("dry run: " if self.dry_run else "") + ", ".join(f"{self.counts[kind]} {kind}" for kind in KINDS)

    def document(self) -> dict[str, Any]:
        return {
            "dry_run": self.dry_run,
            "counts": {kind: self.counts[kind] for kind in KINDS},
            "authors_made": self.authors_made,
            "not_taken_over": dict(self.not_taken),
            "files": [_document(outcome) for outcome in self.outcomes],
        }


def _document(outcome: Outcome) -> dict[str, Any]:
    return {name: value for name, value in asdict(outcome).items() if value not in (None, "", (), [])}
