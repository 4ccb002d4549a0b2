"""The Markdown of comments: words, links, lists, quotes, code and @mentions. Headings, pictures, tables and raw HTML stay
the text that was typed, so that no comment is louder than the post it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape, unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from blogapp import mentions
from blogapp.mentions import NOBODY, People

LONGEST = 10_000
"""Characters of one comment."""

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


def render(source: str, people: People = NOBODY) -> str:
    """`people` can be mentioned.

    Takes milliseconds, more for a text made to be slow: never on the event loop.
    """
    return _cleaner.clean(str(_parser().render(source, {"people": people})))


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
    parser.core.ruler.after("linkify", "mention", mentions.link)
    for name in ("fence", "code_block"):
        parser.add_render_rule(name, _code)
    return parser


def _code(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: object) -> str:
    """A reader with a keyboard has to reach what is wider than the page, to move it (WCAG 2.1.1)."""
    return f'<pre tabindex="0"><code>{escape(tokens[index].content, quote=False)}</code></pre>\n'
