"""Markdown to HTML that is safe to show: CommonMark 0.31, with tables, strikethrough, task lists and footnotes of GitHub's
flavour, links made of bare addresses, coloured code, and headings one can link to.

Raw HTML is text here. What the parser makes is cleaned once more against a list of what may be there (nh3), so that a
mistake in a parser or a plugin is not a hole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import islice
from types import MappingProxyType
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from slugify import slugify

from blogapp import bare_links, boxes, brackets, colours, mentions, safe_html, spoken
from blogapp.mentions import NOBODY, People

VERSION = 1
"""To be raised when the same text gives other HTML: `blogapp posts render` then makes that of all posts again."""

PREFIX = "text-"
"""Of every id, so that a heading can't take the name of something else on the page (DOM clobbering)."""

NOTES = "text"
MOST_HEADINGS = 500
"""Headings of one text that can be linked to."""
HIGHEST_LEVEL, LOWEST_LEVEL = 2, 6
LONGEST_ID = 60
MEDIA = "/media/"
SIZES = "(min-width: 46rem) 44rem, 100vw"
"""How wide a picture is shown: the column of text, or the whole of a phone."""

Tokens = Sequence[Token]
Env = MutableMapping[str, Any]

_ALIGNED = re.compile(r"text-align:(left|center|right)")


@dataclass(frozen=True, slots=True)
class Rendered:
    html: str
    words: str
    """The text without its marks and its headings, on one line: an excerpt begins with a sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`srcset` has the names it goes by in each of its widths."""

    width: int
    height: int
    srcset: Sequence[tuple[str, int]] = ()


Pictures = Mapping[str, Picture]
"""By name: what follows `/media/` in their addresses."""

NO_PICTURES: Pictures = MappingProxyType({})


def render(source: str, pictures: Pictures = NO_PICTURES, people: People = NOBODY) -> Rendered:
    """Takes milliseconds for a page of text, a second or two for the worst of 100,000 characters: never on the event loop."""
    parser = _parser()
    env: dict[str, Any] = {"docId": NOTES, "pictures": pictures, "people": people}
    tokens = parser.parse(source, env)
    words = spoken.below_headings(tokens) or spoken.whole(tokens)
    return Rendered(safe_html.clean(parser.renderer.render(tokens, parser.options, env)), words)


@cache
def _parser() -> MarkdownIt:
    """Each thread may use it: what belongs to one text is in `env`."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.inline.ruler.at("link", brackets.link)
    parser.inline.ruler.at("image", brackets.image)
    parser.inline.ruler.at("linkify", bare_links.with_scheme)
    parser.core.ruler.at("linkify", bare_links.without_scheme)
    parser.core.ruler.after("linkify", "mentions", mentions.link)
    parser.core.ruler.after("inline", "tasks", boxes.make)
    parser.use(footnote_plugin, inline=False, move_to_end=True)
    parser.core.ruler.push("levels", _level)
    parser.core.ruler.push("headings", _name_headings)
    parser.core.ruler.push("tables", _align_by_class)
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def _level(state: StateCore) -> None:
    """The highest heading of a text is of the second level: its title is the one of the first on its page."""
    headings = [token for token in state.tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=HIGHEST_LEVEL)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + HIGHEST_LEVEL, LOWEST_LEVEL)}"


def _name_headings(state: StateCore) -> None:
    """An id for each, and a link to it behind its words."""
    taken: dict[str, int] = {}
    headed = (pair for pair in zip(state.tokens, state.tokens[1:], strict=False) if pair[0].type == "heading_open")
    for opening, inline in islice(headed, MOST_HEADINGS):
        words = spoken.whole([inline])
        name = slugify(words, max_length=LONGEST_ID, word_boundary=True) or "section"
        taken[name] = count = taken.get(name, 0) + 1
        anchor = f"{PREFIX}{name}-{count}" if count > 1 else PREFIX + name
        opening.attrSet("id", anchor)
        label = escape(f"Link to \u201c{words}\u201d")
        link = f' <a class="anchor" href="#{anchor}" aria-label="{label}">#</a>'
        inline.children = [*(inline.children or []), Token("html_inline", "", 0, content=link)]


def _align_by_class(state: StateCore) -> None:
    """The policy for our pages lets no style through."""
    for token in state.tokens:
        if token.type in {"td_open", "th_open"} and (match := _ALIGNED.fullmatch(str(token.attrs.pop("style", "")))):
            token.attrSet("class", match[1])


def _fence(_: RendererHTML, tokens: Tokens, index: int, _options: Any, env: Env) -> str:
    token = tokens[index]
    language = (unescapeAll(token.info).split() or [""])[0]
    return _code(token.content, language, env)


def _code_block(_: RendererHTML, tokens: Tokens, index: int, _options: Any, env: Env) -> str:
    return _code(tokens[index].content, "", env)


def _code(content: str, language: str, env: Env) -> str:
    coloured = colours.given(content, language, env) if language else None
    named = f' class="language-{escape(language)}"' if language else ""
    return f'<pre tabindex="0"><code{named}>{coloured or escape(content, quote=False)}</code></pre>\n'


def _image(renderer: RendererHTML, tokens: Tokens, index: int, options: Any, env: Env) -> str:
    tokens[index].attrSet("loading", "lazy")
    _measure(tokens[index], env["pictures"])
    return renderer.image(tokens, index, options, env)


def _measure(token: Token, pictures: Pictures) -> None:
    """A page on which pictures arrive moves nothing, and a phone fetches no more than it can show."""
    before, slash, name = str(token.attrs.get("src", "")).rpartition(MEDIA)
    if not (found := pictures.get(name)) or not slash or "//" in before:
        return
    token.attrSet("width", str(found.width))
    token.attrSet("height", str(found.height))
    if found.srcset:
        token.attrSet("srcset", ", ".join(f"{before}{MEDIA}{one} {width}w" for one, width in found.srcset))
        token.attrSet("sizes", SIZES)


def _back_to_text(_: RendererHTML, tokens: Tokens, index: int, *_rest: Any) -> str:
    """The plugin's own link has only an arrow for a name."""
    meta = tokens[index].meta
    number = meta["id"] + 1
    again = f":{meta['subId']}" if meta.get("subId", 0) > 0 else ""
    target = f"fnref-{NOTES}-{number}{again}"
    return f' <a href="#{target}" class="footnote-backref" aria-label="Back to the text of note {number}">↩</a>'


_RULES: dict[str, Callable[..., str]] = {
    "fence": _fence,
    "code_block": _code_block,
    "image": _image,
    "footnote_anchor": _back_to_text,
    "table_open": lambda *_: '<div class="table" tabindex="0"><table>\n',
    "table_close": lambda *_: "</table></div>\n",
}
"""A reader with a keyboard has to reach what is wider than the page, to move it (WCAG 2.1.1)."""
