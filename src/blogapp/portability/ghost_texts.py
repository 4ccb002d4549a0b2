"""What Ghost keeps as the text of a post: HTML mostly, else its two editors' own formats, as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import orjson

from blogapp.portability.front_values import Unreadable
from blogapp.portability.html_markdown import markdown
from blogapp.text import visible

HERE = "__GHOST_URL__"
"""What Ghost writes for its own address."""

MARKS = ((1, "strong"), (2, "em"), (4, "del"), (16, "code"))
BLOCKS = {"paragraph": "p", "quote": "blockquote", "aside": "blockquote", "listitem": "li"}


def markdown_of(row: Mapping[str, Any]) -> str:
    """Raises Unreadable."""
    try:
        return _markdown(row).replace(HERE, "")
    except (orjson.JSONDecodeError, RecursionError, LookupError, TypeError, AttributeError):
        raise Unreadable("its text is none that Ghost writes") from None


def _markdown(row: Mapping[str, Any]) -> str:
    if html := row.get("html"):
        return markdown(str(html))
    if lexical := row.get("lexical"):
        return markdown(_lexical(orjson.loads(lexical)["root"]))
    if mobiledoc := row.get("mobiledoc"):
        return _mobiledoc(orjson.loads(mobiledoc))
    return visible(str(row.get("plaintext") or ""))


def _lexical(node: Mapping[str, Any]) -> str:
    """HTML of a node and what is in it."""
    kind = str(node.get("type", "")).removeprefix("extended-")
    if kind == "text":
        return _marked(escape(str(node.get("text", ""))), int(node.get("format") or 0))
    if card := _card(kind, node):
        return card
    within = "".join(_lexical(child) for child in node.get("children") or [])
    if kind == "link":
        return f'<a href="{_value(node, "url")}">{within}</a>'
    tag = BLOCKS.get(kind) or (str(node.get("tag")) if kind in {"heading", "list"} else "")
    return f"<{tag}>{within}</{tag}>" if tag else within


def _card(kind: str, node: Mapping[str, Any]) -> str:
    """Empty for what is none."""
    write = _CARDS.get(kind)
    return write(node) if write else ""


def _picture(node: Mapping[str, Any]) -> str:
    picture = f'<img src="{_value(node, "src")}" alt="{_value(node, "alt")}">'
    return f"<p>{picture}</p><p>{node.get('caption') or ''}</p>"


def _code(node: Mapping[str, Any]) -> str:
    return f'<pre><code class="language-{_value(node, "language")}">{_value(node, "code")}</code></pre>'


def _elsewhere(node: Mapping[str, Any]) -> str:
    return f'<p><a href="{_value(node, "url")}">{_value(node, "url")}</a></p>'


def _html(node: Mapping[str, Any]) -> str:
    return str(node.get("html") or "")


def _mobiledoc(document: Mapping[str, Any]) -> str:
    """Cards of Markdown as they are, everything else by way of HTML."""
    cards, atoms, marks = (document.get(name) or [] for name in ("cards", "atoms", "markups"))
    parts = []
    for section in document["sections"]:
        if section[0] == 10:  # the format's number for a card
            parts.append(_of_card(*cards[section[1]][:2]))
        elif section[0] == 3:  # and for a list
            items = "".join(f"<li>{_markers(item, marks, atoms)}</li>" for item in section[2])
            parts.append(markdown(f"<{section[1]}>{items}</{section[1]}>"))
        elif section[0] == 1:
            parts.append(markdown(f"<{section[1]}>{_markers(section[2], marks, atoms)}</{section[1]}>"))
    return "\n\n".join(part for part in parts if part)


def _of_card(kind: str, facts: Mapping[str, Any]) -> str:
    if kind in {"markdown", "card-markdown"}:
        return visible(str(facts.get("markdown") or ""))
    names = {"hr": "horizontalrule", "code": "codeblock"}
    return markdown(_card(names.get(kind, kind), facts))


def _markers(markers: Any, marks: Any, atoms: Any) -> str:
    """Text with the marks that begin and end in it."""
    written, opened = "", []
    for kind, opening, closing, value in markers:
        for index in opening:
            tag, *attributes = marks[index]
            pairs = attributes[0] if attributes else []
            given = "".join(f' {name}="{escape(text)}"' for name, text in zip(pairs[::2], pairs[1::2], strict=False))
            opened.append(tag)
            written += f"<{tag}{given}>"
        written += escape(value) if kind == 0 else ("<br>" if atoms[value][0] == "soft-return" else "")
        written += "".join(f"</{opened.pop()}>" for _ in range(closing))
    return written


def _marked(html: str, bits: int) -> str:
    for bit, tag in MARKS:
        html = f"<{tag}>{html}</{tag}>" if bits & bit else html
    return html


def _value(node: Mapping[str, Any], name: str) -> str:
    return escape(str(node.get(name) or ""))


_CARDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "linebreak": lambda _node: "<br>",
    "horizontalrule": lambda _node: "<hr>",
    "image": _picture,
    "codeblock": _code,
    "bookmark": _elsewhere,
    "embed": _elsewhere,
    "callout": lambda node: f"<blockquote>{node.get('calloutText') or ''}</blockquote>",
    "html": _html,
}
