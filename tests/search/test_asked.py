"""What a line asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from blogapp.errors import Invalid
from blogapp.search.asked import LONGEST, Phrase, asked


def test_words_phrases_and_what_narrows_them():
    found = asked('Tide “low water” -storm author:@ada tag:"Wet sand" -tag:#news')
    assert found.wanted == [Phrase(("tide",)), Phrase(("low", "water"))]
    assert found.unwanted == [Phrase(("storm",))]
    assert (found.authors, found.tags, found.not_tags) == (["ada"], ["Wet sand"], ["news"])


@pytest.mark.parametrize(
    ("line", "is_open"),
    [
        ("tide", True),
        ("tide ", False),
        ('"tide"', False),
        ('"tide', True),
        ('"low tid', True),
        ("t", False),
        ("潮", True),
        ("tide.", True),
    ],
)
def test_the_last_word_may_be_the_beginning_of_one(line: str, is_open: bool):
    assert asked(line).wanted[0].is_open is is_open


def test_times_are_the_beginnings_of_years_months_and_days():
    found = asked("after:2025 after:2026-11 before:2027-2-3")
    assert found.after == datetime(2026, 11, 1, tzinfo=UTC)
    assert found.before == datetime(2027, 2, 3, tzinfo=UTC)
    turned = asked("-before:2026 -after:2027")
    assert (turned.after, turned.before) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "line", ["before:soon", "after:2026-13", "after:2026-02-30", "after:0000", "x" * (LONGEST + 1), "-x", "-tag:a"]
)
def test_what_can_not_be_looked_for_is_said_at_its_field(line: str):
    with pytest.raises(Invalid) as caught:
        asked(line)
    assert [violation.field for violation in caught.value.violations] == ["q"]


@pytest.mark.parametrize("line", ["", "   ", '"' * LONGEST, "- -- ---", "\0\0", '"" -""', "*** ( ) & | ! : <->", "😀"])
def test_what_has_no_words_asks_for_nothing(line: str):
    assert asked(line).is_empty


@pytest.mark.parametrize("line", ["author:", "tag: x", "foo:bar", "a:b:c", "NOT", "OR 1=1", "x*", "(x", "x)"])
def test_what_only_looks_like_syntax_is_words(line: str):
    assert asked(line).wanted
