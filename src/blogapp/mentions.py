"""Accounts that a Markdown text names as `@ada`: they become links, and who is named can be told of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MOST = 10
"""Accounts that one text can name; further ones stay text."""
MOST_LOOKED_UP = 200
"""Names of one text, in code and elsewhere, that may be those of accounts."""

People = Mapping[str, str]
"""The addresses of accounts by their names in lower case."""

NOBODY: People = MappingProxyType({})

_NAMED = re.compile(r"(?<![\w@/.+-])@([A-Za-z0-9_-]{3,80})(?![\w@])")
_LINKED = re.compile(r'<a class="mention" href="[^"]*"[^>]*>@([A-Za-z0-9_-]+)</a>')


def named(source: str) -> list[str]:
    """In lower case and each once: who may be mentioned, if there are such accounts."""
    return _each_once(_NAMED.findall(source))[:MOST_LOOKED_UP]


def mentioned(html: str) -> list[str]:
    """In lower case and each once: whom HTML names that was made with `link`; a `<` that was typed is escaped there."""
    return _each_once(_LINKED.findall(html))


def link(state: StateCore) -> None:
    """A rule for the parser, which has the `people` of its environment for known. Links and code are left alone."""
    if not (people := state.env.get("people")):
        return
    linked: set[str] = set()
    for block in state.tokens:
        if block.type == "inline" and block.children and "@" in block.content:
            block.children = list(_with_links(block.children, people, linked))


def _each_once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name.lower() for name in names))


def _with_links(tokens: Sequence[Token], people: People, linked: set[str]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not depth and "@" in token.content:
            yield from _parted(token.content, people, linked)
        else:
            yield token


def _parted(words: str, people: People, linked: set[str]) -> Iterator[Token]:
    """`linked` are the names that are links already."""
    end = 0
    for match in _NAMED.finditer(words):
        name = match[1].lower()
        if (address := people.get(name)) and (name in linked or len(linked) < MOST):
            linked.add(name)
            yield Token("text", "", 0, content=words[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"class": "mention", "href": address})
            yield Token("text", "", 0, content=match[0])
            yield Token("link_close", "a", -1)
            end = match.end()
    yield Token("text", "", 0, content=words[end:])
