"""The Markdown of comments: words, links, lists, quotes, code and @mentions. Headings, pictures, tables and raw HTML stay
the text that was typed, so that no comment is louder than the post it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LONGEST = 10_000
"""Characters of one comment."""

MOST_MENTIONS = 10
"""Accounts that one comment can name; further ones stay text."""

_MENTION = re.compile(r"(?<![\w@/.+-])@([A-Za-z0-9_-]{3,80})(?![\w@])")
_LINKED_MENTION = re.compile(r'<a class="mention" href="[^"]*"[^>]*>@([A-Za-z0-9_-]+)</a>')
_MARK = re.compile(r'<(?:[^>"]|"[^"]*")*>')
_INLINE_MARK = re.compile(r'</?(?:a|code|em|s|strong)\b(?:[^>"]|"[^"]*")*>')
_LINK = re.compile(r'<a (?!class="mention")')
_LEFT_OUT = ["heading", "lheading", "image", "hr", "reference"]

_cleaner = nh3.Cleaner(
    tags={"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "s", "strong", "ul"},
    attributes={"a": {"class", "href", "title"}, "ol": {"start"}, "pre": {"tabindex"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def render(source: str, known: Mapping[str, str] | None = None) -> str:
    """`known` are the addresses of accounts by their names in lower case: these can be mentioned.

    Takes milliseconds, more for a text made to be slow: never on the event loop.
    """
    return _cleaner.clean(str(_parser().render(source, {"known": known or {}})))


def named(source: str) -> list[str]:
    """In lower case and each once: who would be mentioned, if there are such accounts."""
    return list(dict.fromkeys(name.lower() for name in _MENTION.findall(source)))[:MOST_MENTIONS]


def mentioned(html: str) -> list[str]:
    """Names in what `render` made; a `<` that was typed is escaped there."""
    return list(dict.fromkeys(name.lower() for name in _LINKED_MENTION.findall(html)))


def words(html: str) -> str:
    """What is read of what `render` made, on one line."""
    return " ".join(unescape(_MARK.sub(" ", _INLINE_MARK.sub("", html))).split())


def links(html: str) -> int:
    """How many lead away from here in what `render` made."""
    return len(_LINK.findall(html))


@cache
def _parser() -> MarkdownIt:
    """Each thread may use it: it keeps nothing of a text."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["strikethrough", "linkify"])
    parser.disable(_LEFT_OUT)
    parser.core.ruler.after("linkify", "mention", _mention)
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, _code)
    return parser


def _code(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: object) -> str:
    """A reader with a keyboard has to reach what is wider than the page, to move it (WCAG 2.1.1)."""
    return f'<pre tabindex="0"><code>{escape(tokens[index].content, quote=False)}</code></pre>\n'


def _mention(state: StateCore) -> None:
    """In words that are no link and no code already."""
    for block in state.tokens:
        if block.type == "inline" and block.children and "@" in block.content:
            block.children = list(_with_mentions(block.children, state.env["known"]))


def _with_mentions(tokens: Sequence[Token], known: Mapping[str, str]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not depth and "@" in token.content:
            yield from _parted(token.content, known)
        else:
            yield token


def _parted(words: str, known: Mapping[str, str]) -> Iterator[Token]:
    end = 0
    for match in _MENTION.finditer(words):
        if address := known.get(match[1].lower()):
            yield Token("text", "", 0, content=words[end : match.start()])
            yield Token("link_open", "a", 1, attrs={"class": "mention", "href": address})
            yield Token("text", "", 0, content=match[0])
            yield Token("link_close", "a", -1)
            end = match.end()
    yield Token("text", "", 0, content=words[end:])
