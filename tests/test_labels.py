"""Which spellings are one tag."""

from __future__ import annotations

from itertools import islice

import pytest

from blogapp.labels import Label, clean, key, numbered, pack, unpack


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Low tide", "LOW  TIDE"),
        ("Low tide", "lowtide"),
        ("Größe", "GROSSE"),
        ("café", "CAFE"),
        ("\uff34\uff4f\uff4b\uff59\uff4f", "Tokyo"),
        ("\uff8a\uff9f", "パ"),
        ("Ελλάδα", "ελλαδα"),
        ("❤\ufe0f", "❤"),
        ("ΟΔΟΣ", "οδος"),
    ],
)
def test_case_accents_width_and_spaces_make_no_other_tag(one: str, other: str) -> None:
    assert key(clean(one)) == key(clean(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("C", "C++"), ("мой", "мои"), ("か", "が"), ("कि", "का"), ("🐙", "🦑"), ("web-dev", "web dev")],
)
def test_other_letters_and_signs_make_another_tag(one: str, other: str) -> None:
    assert key(clean(one)) != key(clean(other))


@pytest.mark.parametrize("nothing", ["", "  ", "\0", "\u202e\u200b", "\u200d", "\ufe0f \u200c"])
def test_what_nobody_can_see_is_no_tag(nothing: str) -> None:
    assert clean(nothing) == ""


def test_an_address_that_is_taken_gets_a_number_and_stays_short() -> None:
    assert list(islice(numbered("sea"), 3)) == ["sea", "sea-2", "sea-3"]
    assert list(islice(numbered("a" * 80), 2)) == ["a" * 80, "a" * 78 + "-2"]


def test_a_row_gives_back_its_tags_as_they_are() -> None:
    labels = (Label(1, 'a "quoted", \\ and 東京', "a"), Label(2, "🐙", "tag"))
    assert unpack(pack(labels)) == labels
    assert (pack([]), unpack(None)) == (None, ())
