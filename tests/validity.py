"""HTML as the standard wants it: parsed without an error, and what refers to something finds it."""

from __future__ import annotations

from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

REFERRING = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
INTERACTIVE = {"a", "button", "input", "select", "textarea", "label"}
NAMED_BY_LABEL = {"input", "select", "textarea"}
VOID_LABELS = {"hidden", "submit", "button"}
NOT_IN_PARAGRAPHS = {
    "p",
    "div",
    "ul",
    "ol",
    "dl",
    "section",
    "article",
    "aside",
    "nav",
    "form",
    "h1",
    "h2",
    "h3",
    "pre",
}


def parse(content: str) -> Element:
    """The document. Raises html5lib's ParseError or AssertionError at the first thing that is not valid."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Any = parser.parse(content)
    _check_identity(tree)
    _check_structure(tree)
    _check_names(tree)
    return tree


def _check_identity(tree: Element) -> None:
    ids = Counter(element.attrib["id"] for element in tree.iter() if "id" in element.attrib)
    assert all(count == 1 for count in ids.values()), f"an id given twice: {ids.most_common(1)}"
    assert not any(not name or any(mark.isspace() for mark in name) for name in ids), (
        "an id that is empty or has spaces"
    )
    for element in tree.iter():
        for attribute in REFERRING:
            for name in element.get(attribute, "").split():
                assert name in ids, f"{attribute}={name!r} of <{element.tag}> refers to nothing"
        if element.tag == "a" and element.get("href", "").startswith("#"):
            assert element.attrib["href"][1:] in ids, f"a link to {element.attrib['href']} leads nowhere"


def _check_structure(tree: Element) -> None:
    (main,) = tree.iter("main")
    levels = [int(element.tag[1]) for element in tree.iter() if element.tag in {"h1", "h2", "h3", "h4"}]
    assert levels.count(1) == 1, "a page has one h1"
    assert main.find(".//h1") is not None, "the h1 is in main"
    for element in tree.iter():
        assert "style" not in element.attrib, "our Content-Security-Policy forbids style attributes"
        assert not any(name.startswith("on") for name in element.attrib), "it forbids scripts in attributes"
        inside = [child.tag for child in element.iter()][1:]
        if element.tag in {"a", "button"}:
            assert not INTERACTIVE & set(inside), f"something to press inside <{element.tag}>"
        if element.tag in {"p", "h1", "h2", "h3", "button"}:
            assert not NOT_IN_PARAGRAPHS & set(inside), f"a block inside <{element.tag}>: {inside}"
        if element.tag in {"ul", "ol"}:
            assert {child.tag for child in element} <= {"li"}, f"<{element.tag}> holds more than <li>"
        if element.tag == "dl":
            assert all({"dt", "dd"} <= {part.tag for part in group} for group in element), "a <dt> without its <dd>"
        assert element.tag != "form" or element.get("action") != "", "an empty action is not allowed"


def _check_names(tree: Element) -> None:
    assert any("".join(title.itertext()).strip() for title in tree.iterfind("head/title")), "a page has a title"
    labelled = {label.get("for") for label in tree.iter("label")}
    for element in tree.iter():
        if element.tag in NAMED_BY_LABEL and element.get("type") not in VOID_LABELS:
            assert element.get("id") in labelled or element.get("aria-label"), (
                f"a field without a label: {element.attrib}"
            )
        if element.tag in {"a", "button", "h1", "h2", "h3", "label"}:
            said = [*element.itertext(), *(image.get("alt", "") for image in element.iter("img"))]
            assert "".join(said).strip(), f"<{element.tag}> says nothing"
        if element.tag == "img":
            assert "alt" in element.attrib, "a picture without words"
