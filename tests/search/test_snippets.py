"""What of a text is shown."""

from __future__ import annotations

import pytest

from blogapp.search.asked import asked
from blogapp.search.snippets import LEAD, WIDTH, snippet, title

FILLER = "One two three four five six seven eight nine ten. " * 20


def marks(line: str, text: str) -> str:
    return str(title(text, asked(line).wanted))


@pytest.mark.parametrize(
    ("line", "text", "shown"),
    [
        ("cafe", "The Café", "The <mark>Café</mark>"),
        ("tid", "The tides, untidy", "The <mark>tides</mark>, untidy"),
        ("tide ", "tides", "tides"),
        ('"low tide"', "low, tide; low and tide", "<mark>low, tide</mark>; low and tide"),
        ("京都", "東京都", "東<mark>京都</mark>"),
        ("<b>", "<b> & <i>", "&lt;<mark>b</mark>&gt; &amp; &lt;i&gt;"),
        ("straße", "STRASSE", "<mark>STRASSE</mark>"),
    ],
)
def test_hits_are_marked_and_all_else_is_escaped(line: str, text: str, shown: str):
    assert marks(line, text) == shown


def test_the_part_with_most_of_what_was_asked_is_shown():
    text = f"{FILLER}tide {FILLER}tide and sand {FILLER}"
    part = snippet(text, asked("tide sand ").wanted)
    assert "<mark>tide</mark> and <mark>sand</mark>" in part
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert len(part.striptags()) <= WIDTH + LEAD


def test_without_hits_it_is_the_beginning():
    assert snippet(FILLER, asked("zebra").wanted).startswith("One two")
    assert snippet("Short", []) == "Short"
