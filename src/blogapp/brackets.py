"""Links and pictures of a Markdown text, without looking for the end of those that have none.

The parser looks for the end of a link from each bracket, through all brackets behind it. What is told here beforehand, by
one look at the text, is which of them can't have an end; the others are left to the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from markdown_it import rules_inline
from markdown_it.rules_inline import StateInline

FOUND = -1
"""In the parser's notes on places of a text, where no place is."""

_MARK = re.compile(r"\[|\]\(?|[\\`]|<[A-Za-z][\w+.-]+:[^<>\s]*>|://")
"""Brackets, and what brackets may be hidden by: an escape, code, an address."""


@dataclass(frozen=True, slots=True)
class Brackets:
    last: int
    """Place of the last one that may close a link."""
    is_left_open: bytearray
    """For each place of the text whether an opening bracket there has no closing one."""


def link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # as the parser calls it
    return state.src[state.pos] == "[" and _may_begin(state, state.pos) and rules_inline.link(state, silent)


def image(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # as the parser calls it
    return (
        state.src.startswith("![", state.pos) and _may_begin(state, state.pos + 1) and rules_inline.image(state, silent)
    )


def _may_begin(state: StateInline, place: int) -> bool:
    notes: dict[int, Brackets] = cast(Any, state.cache)
    if (found := notes.get(FOUND)) is None:
        is_defined = bool(state.env.get("references"))
        found = notes[FOUND] = Brackets(last_closing(state.src, is_defined=is_defined), left_open(state.src))
    return place < found.last and not found.is_left_open[place]


def last_closing(source: str, *, is_defined: bool) -> int:
    """Only one with an address behind it counts where no address is defined elsewhere in the text."""
    return source.rfind("]") if is_defined else source.rfind("](", 0, source.rfind(")") + 1)


def left_open(source: str) -> bytearray:
    """Of the brackets that are open where something may hide the next ones, as many can be closed as closing ones follow;
    the innermost.
    """
    found = bytearray(len(source))
    left = source.count("]")
    opened: list[int] = []

    def part() -> None:
        for place in opened[: max(0, len(opened) - left)]:
            found[place] = True
        opened.clear()

    for mark in _MARK.finditer(source):
        if mark[0] == "[":
            opened.append(mark.start())
            continue
        if mark[0].startswith("]"):
            left -= 1
            if opened:
                opened.pop()
        if mark[0] != "]":
            part()
    part()
    return found
