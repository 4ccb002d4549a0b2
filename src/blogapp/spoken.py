"""The words of a Markdown text that was parsed, without its marks, on one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

_SPACE = re.compile(r"\s+")


def whole(tokens: Sequence[Token]) -> str:
    """Code blocks and notes are left out: nobody reads those in an excerpt."""
    parts: list[str] = []
    for token in tokens:
        if token.type == "footnote_block_open":
            break
        if token.type == "inline":
            parts += [_words_of(child) for child in token.children or []]
            parts.append(" ")
    return _SPACE.sub(" ", "".join(parts)).strip()


def below_headings(tokens: Sequence[Token]) -> str:
    """An excerpt begins with a sentence. Nothing of a text of headings alone."""
    return whole([token for before, token in pairwise(tokens) if before.type != "heading_open"])


def _words_of(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return token.content if token.type in {"text", "text_special", "code_inline", "image"} else ""
