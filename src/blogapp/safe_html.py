"""The elements and attributes that a post may have; whatever else a parser or a plugin makes is left out."""

from __future__ import annotations

import nh3

_BLOCKS = {"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_WORDS = {"a", "br", "code", "del", "em", "img", "input", "s", "span", "strong", "sup"}
_ATTRIBUTES = {
    "a": {"href", "title", "class", "id", "aria-label"},
    "code": {"class"},
    "div": {"class", "tabindex"},
    "img": {"src", "alt", "title", "loading", "width", "height", "srcset", "sizes"},
    "input": {"type", "checked", "disabled", "class", "aria-label"},
    "li": {"class", "id"},
    "ol": {"start", "class"},
    "pre": {"class", "tabindex"},
    "section": {"class"},
    "span": {"class"},
    "sup": {"class"},
    "td": {"class"},
    "th": {"class"},
    "ul": {"class"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_cleaner = nh3.Cleaner(
    tags=_BLOCKS | _TABLES | _WORDS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def clean(html: str) -> str:
    """Every link says that we do not vouch for it."""
    return _cleaner.clean(html)
