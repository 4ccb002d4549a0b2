"""Markdown: what CommonMark asks for, what goes beyond it, and nothing that could hurt a reader."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from blogapp.colours import MOST_COLOURED
from blogapp.markdown import render
from tests.validity import parse

SPEC = Path(__file__).parent / "vendor" / "commonmark-spec" / "spec.txt"
SHA256 = "257c41ad946f7a1414a499aca402a1aa8fdac3678532266611348c1cf54f4b80"
"""Of the file in the npm package commonmark-spec 0.31.2."""

RAW_HTML = frozenset(
    {21, 31, 201, 308, 309, 344, 475, 476, 477, 491, 494, 524, 536, 642, 643}
    | set(range(148, 192))
    | {613, 614, 615, 616, 617, 623, 625, 626, 627, 628, 629, 630, 631}
)
"""Examples with raw HTML, which is text here."""
COLOURED = frozenset({142, 143})
SCHEMES = frozenset({596, 598, 599, 601})
"""Links with schemes that we don't let through stay, without an address."""
BARE_ADDRESSES = frozenset({602, 608, 611, 612})
"""They are links here."""
DELIBERATE = RAW_HTML | COLOURED | SCHEMES | BARE_ADDRESSES

DONE, TO_DO = (
    f'<input class="task-list-item-checkbox" aria-label="{name}"{checked} disabled="disabled" type="checkbox">'
    for name, checked in (("Done", ' checked="checked"'), ("To do", ""))
)

OURS = ("rel", "id", "tabindex", "loading")
"""Attributes that CommonMark says nothing of."""


def examples() -> list[tuple[int, str, str]]:
    text = SPEC.read_text().partition("<!-- END TESTS -->")[0].replace("→", "\t")
    found = re.finditer(r"^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$", text, re.MULTILINE)
    return [(number, match[1], match[2]) for number, match in enumerate(found, 1)]


def normal(html: str) -> str:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    for element in list(tree.iter()):
        for name in OURS:
            element.attrib.pop(name, None)
        _without_anchors(element)
    text: str = html5lib.serialize(tree, quote_attr_values="always", omit_optional_tags=False)
    return text.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")


def levelled(html: str) -> str:
    """With the highest heading of the second level, as ours is: a post's title is the first."""
    highest = min(map(int, re.findall(r"<h([1-6])[ >]", html)), default=2)
    return re.sub(r"(</?h)([1-6])(?=[ >])", lambda found: f"{found[1]}{min(int(found[2]) - highest + 2, 6)}", html)


def _without_anchors(heading: Element) -> None:
    for index, child in reversed(list(enumerate(heading))):
        if child.get("class") == "anchor":
            if index:
                heading[index - 1].tail = (heading[index - 1].tail or "").rstrip(" ")
            else:
                heading.text = (heading.text or "").rstrip(" ")
            heading.remove(child)


def test_the_specification_is_the_one_that_was_published():
    assert sha256(SPEC.read_bytes()).hexdigest() == SHA256
    assert len(examples()) == 652


def test_every_example_of_commonmark_but_those_that_differ_on_purpose():
    differing = {number for number, source, html in examples() if normal(render(source).html) != normal(levelled(html))}
    assert differing == DELIBERATE


@pytest.mark.parametrize("number", sorted(RAW_HTML))
def test_raw_html_is_text(number: int):
    source = examples()[number - 1][1]
    tags = {element.tag for element in html5lib.parseFragment(render(source).html, namespaceHTMLElements=False).iter()}
    ours = {"DOCUMENT_FRAGMENT", "p", "em", "strong", "pre", "code", "blockquote", "ul", "ol", "li", "a", "h2", "h3"}
    assert tags <= ours | {"hr", "br", "img", "span"}


def test_what_goes_beyond_commonmark():
    made = render(
        "| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] to do\n\nA claim.[^1] See www.example.com or "
        "https://example.com/x.\n\n[^1]: Its source.\n"
    ).html
    assert '<div class="table" tabindex="0"><table>' in made
    assert '<th class="center">a</th>' in made
    assert '<td class="right"><s>2</s></td>' in made
    assert made.count('type="checkbox"') == 2
    assert made.count('checked="checked"') == 1
    assert '<a href="#fn-text-1" id="fnref-text-1"' in made
    assert '<li id="fn-text-1" class="footnote-item">' in made
    assert 'aria-label="Back to the text of note 1"' in made
    assert '<a href="https://example.com/x" rel="nofollow ugc noopener">https://example.com/x</a>.' in made


def test_items_with_a_box_are_tasks_with_a_name():
    made = render("- [x] a *b*\n  - [ ] c\n- d\n\n1. [X] e\n\n   f [ ] g\n2. [x](y)\n3. [ ]\n").html
    assert re.findall(r"<(?:ul|ol|li|input)[^>]*>", made) == [
        '<ul class="contains-task-list">',
        '<li class="task-list-item">',
        *(DONE, '<ul class="contains-task-list">', '<li class="task-list-item">', TO_DO),
        "<li>",
        '<ol class="contains-task-list">',
        *('<li class="task-list-item">', DONE, "<li>", "<li>"),
    ]
    assert "> a <em>b</em>" in made
    assert "f [ ] g" in made


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("Seen at http://a.b/c and HTTPS://F.G.", ["http://a.b/c", "HTTPS://F.G"]),
        ("xhttp://a.b and gopher://a.b", []),
        ("*http://a.b* [http://c.d](e)", ["http://a.b", "e"]),
        (f"www.a.com {'x' * 2_000}", ["http://www.a.com"]),
        (f"www.a.com {'x' * 2_001}", []),
        (f"http://a.b/{'x' * 2_000}", []),
        (f"http://a.b/c {'x' * 3_000}", ["http://a.b/c"]),
    ],
)
def test_addresses_that_stand_by_themselves_are_links(source: str, linked: list[str]):
    assert re.findall(r'href="([^"]+)"', render(source).html) == linked


def test_headings_can_be_linked_to_and_take_no_name_of_the_page():
    made = render("# The *tide*\n\n## The tide\n\n### \U0001f419\n").html
    assert re.findall(r' id="([^"]+)"', made) == ["text-the-tide", "text-the-tide-2", "text-section"]
    assert '<a class="anchor" href="#text-the-tide" aria-label="Link to “The tide”"' in made


def test_code_is_coloured_by_classes():
    made = render("```python\ndef tide():\n    return '<sea>'\n```\n\n```unheard-of\n<b>\n```\n").html
    assert '<span class="code-k">def</span>' in made
    assert "style=" not in made
    assert '<code class="language-unheard-of">&lt;b&gt;\n</code>' in made


def test_long_code_is_plain():
    made = render("```python\n" + "tide = 1\n" * (MOST_COLOURED // 9 + 1) + "```").html
    assert "<span" not in made


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    '[x](https://a.example "onmouseover=alert(1) x=")',
    '![" onerror="alert(1)](x)',
    '```"><script>alert(1)</script>\n```',
    "# <img src=x onerror=alert(1)>",
    "[^<b>]\n\n[^<b>]: <i onclick=x>",
    "| <svg onload=alert(1)> |\n|-|\n",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x]: javascript:alert(1)\n\n[x]",
    'https://a.example/"onmouseover=alert(1)',
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_of_it_runs(source: str):
    page = f"<body><main><h1>A title</h1>{render(source).html}</main></body>"
    tree = parse(f"<!doctype html><html lang=en><head><title>x</title></head>{page}</html>")
    for element in tree.iter():
        assert element.tag not in {"script", "svg", "iframe", "style"}
        assert not [name for name in element.attrib if name.startswith("on")]
        for name in ("href", "src"):
            assert not re.match(r"\s*(javascript|vbscript|data):", element.get(name, ""), re.IGNORECASE)


BOMBS = {
    "brackets": "[" * 100_000,
    "links": "[a](b) " * 14_000,
    "pictures in pictures": "![" * 50_000,
    "pictures that end nowhere": "![a](" * 20_000,
    "brackets that lead nowhere": "[" * 50_000 + "]" * 50_000,
    "brackets and one end": "[" * 99_000 + "](x)",
    "pictures and one end": "![" * 49_000 + "](x)",
    "quotes in quotes": ">" * 100_000,
    "lists in lists": "- " * 50_000,
    "stars": "*a **b " * 14_000,
    "cells": "|a" * 50_000 + "\n" + "|-" * 50_000,
    "headings": "# a\n" * 25_000,
    "notes": "[^1] " * 19_000 + "\n\n[^1]: x\n",
    "addresses": "http://a.b " * 9_000,
    "no addresses": "://" * 33_000,
    "addresses of nobody": "http:// " * 12_000,
    "addresses in addresses": "http://a.b/(" * 8_000,
    "names in names": "a.com/(" * 14_000,
    "tasks": "- [ ] a\n" * 12_500,
    "entities": "&" * 100_000,
    "backticks": "`a``b " * 16_000,
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
@pytest.mark.timeout(30)
def test_the_worst_texts_come_to_an_end(source: str):
    render(source)


def test_the_words_are_the_text_without_its_marks():
    made = render("# The *tide*\n\nIt `left` a [shell](x)[^1]\nand ![a star](y).\n\n```\ncode\n```\n\n[^1]: A note.\n")
    assert made.words == "It left a shell and a star."
    assert render("# The *tide*\n\n## Left\n").words == "The tide Left"


@pytest.mark.parametrize(
    ("typed", "linked"),
    [
        ("With @Ada!", ["Ada"]),
        ("# @ada\n\n- @ada\n\n| a |\n|---|\n| @ada |", ["ada", "ada", "ada"]),
        ("A note[^1].\n\n[^1]: Of @ada.", ["ada"]),
        (" ".join(f"@nobody{number} `@code{number}`" for number in range(40)) + " @ada", ["ada"]),
        ("`@ada`, [@ada](https://example.org/), @grace, \\@ada", []),
    ],
)
def test_who_is_named_is_linked_to(typed: str, linked: list[str]):
    found = re.findall(
        r'<a class="mention" href="/users/ada"[^>]*>@(\w+)</a>', render(typed, people={"ada": "/users/ada"}).html
    )
    assert found == linked
