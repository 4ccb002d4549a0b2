"""The Markdown of comments: words, links, lists, quotes and code. Headings, pictures, tables and raw HTML stay the text
that was typed, so that no comment is louder than the post it stands under.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

LONGEST = 10_000
"""Characters of one comment."""

_LEFT_OUT = ["heading", "lheading", "image", "hr", "reference"]

_cleaner = nh3.Cleaner(
    tags={"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "s", "strong", "ul"},
    attributes={"a": {"href", "title"}, "ol": {"start"}, "pre": {"tabindex"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def render(source: str) -> str:
    """Takes milliseconds, more for a text made to be slow: never on the event loop."""
    return _cleaner.clean(str(_parser().render(source)))


def links(html: str) -> int:
    """How many there are in what `render` made; a `<` that was typed is escaped there."""
    return html.count("<a ")


@cache
def _parser() -> MarkdownIt:
    """Each thread may use it: it keeps nothing of a text."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["strikethrough", "linkify"])
    parser.disable(_LEFT_OUT)
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, _code)
    return parser


def _code(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: object) -> str:
    """A reader with a keyboard has to reach what is wider than the page, to move it (WCAG 2.1.1)."""
    return f'<pre tabindex="0"><code>{escape(tokens[index].content, quote=False)}</code></pre>\n'
