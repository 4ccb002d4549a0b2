"""Links made of addresses that stand in a Markdown text as they are, at a cost that grows with the text and not faster.

The parser looks for the scheme of an address in all it has read of a paragraph, and for the end of an address again in each
part of it. Here it sees no more than a scheme needs, and no paragraph with a word longer than any address.
"""

from __future__ import annotations

import re

from markdown_it import rules_core, rules_inline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

SCHEMES = ("http", "https", "ftp")
LOOKED_AT = 16
"""Characters before `://`: a few more than a scheme has tell that it is the end of another word."""
LONGEST = 2_000
"""Characters of a word beside which addresses become links."""

_SPACE = re.compile(r"\s")


def with_scheme(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # as the parser calls it
    """What is read ahead (`silent`) is the text of a link, which has no others in it."""
    before = state.src[max(0, state.pos - LOOKED_AT) : state.pos]
    if silent or not state.src.startswith("://", state.pos) or not before.lower().endswith(SCHEMES):
        return False
    if state.posMax - state.pos > LONGEST and not _SPACE.search(state.src, state.pos, state.pos + LONGEST):
        return False
    read = state.pending
    if len(read) > LOOKED_AT:
        state.pending = read[:-LOOKED_AT]
        state.pushPending()
        state.pending = read[-LOOKED_AT:]
    return rules_inline.linkify(state, silent)


def without_scheme(state: StateCore) -> None:
    every = state.tokens
    state.tokens = [one for one in every if max(map(len, one.content.split()), default=0) <= LONGEST]
    rules_core.linkify(state)
    state.tokens = every
