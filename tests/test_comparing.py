"""What differs between two texts, and how two changes go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.comparing import Piece, abridged, difference, lead, merge

BASE = "The sea was out.\n\nThe beach lay open.\n\nNobody was there."

TEXTS = st.lists(st.sampled_from(["a", "b b", "c, d", "\n", "\n\n", " ", "\n \n"]), max_size=12).map("".join)


def test_a_difference_is_told_by_words():
    assert difference("The sea was out.\n\nThe end.", "The tide was out.\n\nThe end.") == [
        Piece("same", "The "),
        Piece("gone", "sea"),
        Piece("new", "tide"),
        Piece("same", " was out.\n\nThe end."),
    ]


@given(TEXTS, TEXTS)
def test_a_difference_holds_both_texts(old: str, new: str):
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


MERGED = {
    "different paragraphs": (("out.", "far out."), ("there.", "here.")),
    "neighbours": (("out.", "far out."), ("open.", "wide open.")),
    "one more at the end": (("there.", "there.\n\nThe end."), ("out.", "far out.")),
    "one more before another's": (("The beach", "New.\n\nThe beach"), ("open.", "wide open.")),
    "one gone": (("The sea was out.\n\n", ""), ("there.", "here.")),
}


@pytest.mark.parametrize(("mine", "theirs"), MERGED.values(), ids=MERGED)
def test_changes_of_different_paragraphs_go_together(mine: tuple[str, str], theirs: tuple[str, str]):
    both = BASE.replace(*mine).replace(*theirs)
    assert merge(BASE, BASE.replace(*mine), BASE.replace(*theirs)) == both


def test_the_same_change_is_made_once():
    changed = BASE.replace("out.", "far out.")
    assert merge(BASE, changed, changed) == changed


CLASHING = [
    (("out.", "far out."), ("out.", "nearly out.")),
    (("The sea was out.\n\n", ""), ("out.", "far out.")),
    (("there.", "there.\n\nThe end."), ("there.", "there.\n\nGood night.")),
]


@pytest.mark.parametrize(("mine", "theirs"), CLASHING)
def test_changes_of_one_paragraph_are_left_to_people(mine: tuple[str, str], theirs: tuple[str, str]):
    assert merge(BASE, BASE.replace(*mine), BASE.replace(*theirs)) is None


def test_neighbours_are_changes_of_their_own():
    mended = BASE.replace("out.", "far out.")
    both = mended.replace("open.", "wide open.")
    assert merge(BASE, mended, both) == both


def test_where_both_touch_a_paragraph_mine_leads_and_the_rest_goes_together():
    theirs = BASE.replace("out.", "nearly out.").replace("there.", "here.")
    assert lead(BASE, BASE.replace("out.", "far out."), theirs) == BASE.replace("out.", "far out.").replace(
        "there.", "here."
    )


@given(TEXTS, TEXTS, TEXTS)
def test_what_goes_together_needs_no_leader(base: str, mine: str, theirs: str):
    if (merged := merge(base, mine, theirs)) is not None:
        assert lead(base, mine, theirs) == merged


@given(TEXTS, TEXTS)
def test_where_only_one_has_changed_something_that_is_the_text(base: str, changed: str):
    assert merge(base, base, changed) == changed.rstrip("\n")
    assert merge(base, changed, base) == changed.rstrip("\n")


@given(TEXTS, TEXTS, TEXTS)
def test_it_does_not_matter_who_comes_first(base: str, one: str, other: str):
    assert merge(base, one, other) == merge(base, other, one)


def test_a_glance_leaves_out_what_is_far_from_any_change():
    same = [f"Paragraph {n}.\n\n" for n in range(20)]
    old = "".join(same)
    pieces = abridged(difference(old, old.replace("10.", "ten.")))
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == (
        "[…]\n\nParagraph 9.\n\nParagraph ten.\n\nParagraph 11.\n\n[…]\n\n"
    )


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["a\n\n", "a b ", "ab", "\n"])
def test_the_worst_texts_come_to_an_end(unit: str):
    old = unit * (100_000 // len(unit))
    difference(old, f"x{old[: len(old) // 2]}y{old[len(old) // 2 :]}z")
    merge(old, f"x{old}", f"{old}z")
