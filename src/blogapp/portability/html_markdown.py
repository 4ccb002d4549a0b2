"""HTML that other programs keep, as Markdown that means the same. What Markdown has no word for keeps its text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from blogapp.portability.front_values import Unreadable
from blogapp.text import visible

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
LISTS = {"ul", "ol"}
BLOCKS = {
    *HEADINGS,
    *LISTS,
    "p",
    "pre",
    "blockquote",
    "hr",
    "table",
    "div",
    "section",
    "article",
    "figure",
    "figcaption",
}
WITHIN = {"li", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
EMPTY = {"br", "hr", "img"}
KNOWN = BLOCKS | WITHIN | EMPTY | {*MARKS, "code", "a"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "code": {"class"}, "pre": {"class"}}
BREAK = "\\\n"

_SPACE = re.compile(r"[ \t\r\n\f]+")
_PARTED = re.compile(r"[ \t\r]*\n[ \t\r]*\n\s*")
_SPECIAL = re.compile(r"[\\`*\[\]<]|~(?=~)|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"^(?=[#>+=|-])|^(\d{1,9})(?=[.)])", re.MULTILINE)
_LOOSE = re.compile(r"\n\n(?=(?:-|1\.) )")
_LANGUAGE = re.compile(r"\b(?:language|lang|brush:)-?\s*([\w+#-]+)")


@dataclass(slots=True)
class Node:
    tag: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)


def markdown(html: str, *, by_lines: bool = False) -> str:
    """`by_lines`: empty lines part paragraphs and line ends are kept, as WordPress reads its older posts.

    Raises Unreadable.
    """
    clean = nh3.clean(visible(html), tags=KNOWN, attributes=ATTRIBUTES, link_rel=None)
    try:
        return "\n\n".join(_blocks(_tree(clean).children, by_lines=by_lines))
    except RecursionError:
        raise Unreadable("its HTML is nested too deeply") from None


class _Builder(HTMLParser):
    """Of HTML that is well-formed."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in EMPTY:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and tag not in EMPTY:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _tree(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.open[0]


def _blocks(children: Iterable[Node | str], *, by_lines: bool = False) -> list[str]:
    found: list[str] = []
    run: list[Node | str] = []

    def end_run() -> None:
        if words := _paragraph(run, by_lines=by_lines):
            found.append(words)
        run.clear()

    for child in children:
        if isinstance(child, Node) and child.tag in BLOCKS | WITHIN:
            end_run()
            found.extend(_block(child, by_lines=by_lines))
            continue
        first, *others = _PARTED.split(child) if by_lines and isinstance(child, str) else [child]
        run.append(first)
        for part in others:
            end_run()
            run.append(part)
    end_run()
    return found


def _block(node: Node, *, by_lines: bool) -> list[str]:
    if mark := HEADINGS.get(node.tag):
        words = _inline(node.children).replace(BREAK, " ").strip()
        return [f"{mark} {words}"] if words else []
    if node.tag in LISTS:
        return _list(node)
    if write := _WRITERS.get(node.tag):
        return [words] if (words := write(node)) else []
    return _blocks(node.children, by_lines=by_lines)


def _paragraph(run: Sequence[Node | str], *, by_lines: bool = False) -> str:
    words = _inline(run, by_lines=by_lines).strip()
    while words.endswith("\\") and not words.endswith("\\\\"):
        words = words[:-1].rstrip()
    return _FIRST.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", words)


def _list(node: Node) -> list[str]:
    items = [child for child in node.children if isinstance(child, Node)]
    written = []
    for number, item in enumerate(items, 1):
        mark = f"{number}. " if node.tag == "ol" else "- "
        words = "\n\n".join(_blocks(item.children if item.tag == "li" else [item]))
        if not any(isinstance(child, Node) and child.tag == "p" for child in item.children):
            words = _LOOSE.sub("\n", words, count=1)
        written.append(mark + _indented(words, " " * len(mark)))
    return ["\n".join(written)] if written else []


def _quote(node: Node) -> str:
    lines = "\n\n".join(_blocks(node.children)).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines) if any(lines) else ""


def _code(node: Node) -> str:
    within = next((one for one in node.children if isinstance(one, Node) and one.tag == "code"), node)
    named = _LANGUAGE.search(f"{node.attributes.get('class', '')} {within.attributes.get('class', '')}")
    text = _text(node).strip("\n")
    fence = "`" * max(3, _longest(text) + 1)
    return f"{fence}{named[1] if named else ''}\n{text}\n{fence}" if text.strip() else ""


def _table(node: Node) -> str:
    """Its first row is its head: Markdown has no table without."""
    rows = [[_cell(cell) for cell in row.children if isinstance(cell, Node)] for row in _rows(node)]
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    full = [row + [""] * (width - len(row)) for row in rows]
    lines = [full[0], ["--"] * width, *full[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rows(node: Node) -> list[Node]:
    within = [child for child in node.children if isinstance(child, Node)]
    return [row for child in within for row in ([child] if child.tag == "tr" else _rows(child))]


def _cell(node: Node) -> str:
    words = " ".join(_blocks(node.children)).replace(BREAK, " ")
    return _SPACE.sub(" ", words).replace("|", "\\|")


def _inline(children: Iterable[Node | str], *, by_lines: bool = False) -> str:
    return "".join(
        _escaped(child, by_lines=by_lines) if isinstance(child, str) else _marked(child, by_lines=by_lines)
        for child in children
    )


def _marked(node: Node, *, by_lines: bool) -> str:
    if node.tag == "br":
        return BREAK
    if node.tag == "img":
        source = _address(node.attributes.get("src", ""))
        return f"![{_escaped(node.attributes.get('alt', ''))}]({source})" if source else ""
    if node.tag == "code":
        return _code_span(_text(node))
    words = _inline(node.children, by_lines=by_lines)
    if node.tag == "a" and (target := _address(node.attributes.get("href", ""))):
        return _around(words, "[", f"]({target})")
    mark = MARKS.get(node.tag, "")
    return _around(words, mark, mark)


def _around(words: str, before: str, after: str) -> str:
    """Blanks at its ends stay outside: marks beside them mark nothing."""
    inner = words.strip()
    start, _, end = words.partition(inner)
    return f"{start}{before}{inner}{after}{end}" if inner else words


def _escaped(text: str, *, by_lines: bool = False) -> str:
    words = _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
    if by_lines and "\n" in words.strip("\r\n"):
        return BREAK.join(_SPACE.sub(" ", line) for line in words.split("\n"))
    return _SPACE.sub(" ", words)


def _code_span(text: str) -> str:
    words = _SPACE.sub(" ", text)
    fence = "`" * (_longest(words) + 1)
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    return f"{fence}{pad}{words}{pad}{fence}" if words.strip() else words


def _address(url: str) -> str:
    plain = url.strip()
    return f"<{plain}>" if re.search(r"[\s()]", plain) and not re.search(r"[<>\n]", plain) else plain


def _text(node: Node) -> str:
    parts = (("\n" if one.tag == "br" else _text(one)) if isinstance(one, Node) else one for one in node.children)
    return "".join(parts)


def _longest(text: str) -> int:
    """Run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def _indented(text: str, by: str) -> str:
    first, *others = text.split("\n")
    return "\n".join([first, *(f"{by}{line}" if line else line for line in others)])


_WRITERS: dict[str, Callable[[Node], str]] = {
    "pre": _code,
    "blockquote": _quote,
    "table": _table,
    "hr": lambda _node: "---",
}
