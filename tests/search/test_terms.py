"""By which terms a text is found, whatever it is written in."""

from __future__ import annotations

import pytest

from blogapp.search.index import visible
from blogapp.search.terms import LONGEST, MOST, in_place, phrase, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Café NAÏVE Ærø straße", ["cafe", "naive", "aero", "strasse"]),
        ("don't e-mail C++", ["don", "t", "e", "mail", "c"]),
        ("ﬁne ① x² Ⅷ", ["fine", "1", "x2", "viii"]),
        ("Ёлка Йод", ["елка", "йод"]),
        ("Σίσυφος", ["σισυφοσ"]),
        ("İstanbul", ["istanbul"]),
        ("שָׁלוֹם مُحَمَّد", ["שלום", "محمد"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("東京都 tower", ["東京", "京都", "都", "tower"]),
        ("한국어tide", ["한국", "국어", "어", "tide"]),
        ("😀 … — ' \\ \0", []),
    ],
)
def test_case_accents_and_width_make_no_difference(text: str, found: list[str]):
    assert terms(text) == found


def test_a_phrase_of_a_script_without_blanks_has_no_term_for_its_last_sign():
    assert phrase("東京都 潮") == ["東京", "京都", "潮"]


def test_no_text_has_more_terms_or_longer_ones_than_a_database_takes():
    assert len(terms("潮" * 100_000)) == MOST
    assert terms("x" * 100) == ["x" * LONGEST]


def test_in_place_each_sign_stays_where_it_is():
    text = "Ærø, Café: STRASSE straße"
    assert len(in_place(text)) == len(text)
    assert in_place("Café") == "cafe"


def test_of_html_what_readers_see_is_looked_through():
    html = '<h2 id="text-a">A &gt; B <a class="anchor" href="#text-a" aria-label="Link to “A > B”">#</a></h2><p>See <a href="/hidden" title="a > b">this</a></p>'
    assert visible(html).split() == ["A", ">", "B", "See", "this"]


def test_marks_within_a_word_do_not_part_it():
    html = "<p>un<em>like</em>ly, <strong>neaps</strong>. <code>a</code><br>b</p><ul><li>c</li><li>d</li></ul>"
    assert " ".join(visible(html).split()) == "unlikely, neaps. a b c d"
