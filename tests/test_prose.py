"""Plain text as pages show it: paragraphs, links, and nothing that a browser would run."""

from __future__ import annotations

import time

import pytest

from blogapp import text


def test_an_empty_line_starts_a_paragraph_and_a_line_stays_a_line():
    assert text.prose("One\ntwo\n \t\n\n Three") == "<p>One<br>\ntwo</p>\n<p>Three</p>"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("see http://a.example/x.", "http://a.example/x"),
        ("(see https://a.example/x)", "https://a.example/x"),
        ("https://a.example/Tide_(sea), they say", "https://a.example/Tide_(sea)"),
        ("[https://a.example/list[1]]", "https://a.example/list[1]"),
        ("\u201chttps://a.example/?q=1&amp=2\u201d", "https://a.example/?q=1&amp;amp=2"),
        ("HTTPS://A.EXAMPLE/", "HTTPS://A.EXAMPLE/"),
        ("https://bücher.example/größe", "https://bücher.example/größe"),
        ("<https://a.example>", "https://a.example"),
        ("http://[::1]:8000/", "http://[::1]:8000/"),
    ],
)
def test_a_web_address_becomes_a_link_without_the_marks_around_it(typed: str, address: str):
    assert f'<a href="{address}" rel="nofollow ugc noopener">{address}</a>' in text.prose(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example/",
        "//a.example",
        "www.a.example",
        "http://",
        "http://..",
        "xhttp://a.example",
        "mailto:a@b.example",
    ],
)
def test_anything_else_is_no_link(typed: str):
    assert "<a " not in text.prose(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        'http://a.example/"onmouseover="alert(1)',
        "http://a.example/'onmouseover='alert(1)",
        "http://a.example/<script>alert(1)</script>",
        "http://a.example/&quot;><img src=x onerror=alert(1)>",
        "<p><b>&lt;",
    ],
)
def test_markup_is_shown_as_it_was_typed(typed: str):
    shown = text.prose(typed)
    allowed = {"p", "/p", "a", "/a"}
    assert {part.split(">")[0].split(" ")[0] for part in shown.split("<")[1:]} <= allowed
    assert text.Markup(shown).striptags() == " ".join(typed.split())


@pytest.mark.parametrize(
    "unit", ["http://", "http://a.b/?", "http://a.b/)", "://", "a\n", " \n", "\n\t", "[", "http://a.b/*"]
)
def test_the_worst_text_costs_a_moment(unit: str):
    worst = (unit * 100_000)[:100_000]
    started = time.process_time()
    text.prose(worst)
    text.excerpt(worst)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("character", ["\x00", "\x08", "\x0c", "\x7f", "\x9f", "\ufdd0", "\ufffe", "\U0010ffff"])
def test_characters_that_html_forbids_are_refused_and_can_be_taken_out(character: str):
    with pytest.raises(ValueError, match="invisible"):
        text.clean_text(f"The sea{character} was out")
    assert text.visible(f"The sea{character} was out") == "The sea was out"


def test_lines_end_the_same_way_wherever_they_were_typed():
    assert text.clean_text("\r\nOne\r\ntwo\rthree\tfour\n") == "One\ntwo\nthree\tfour"
