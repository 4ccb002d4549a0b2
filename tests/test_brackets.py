"""Which brackets of a text the parser need not look at."""

from __future__ import annotations

import pytest

from blogapp.brackets import last_closing, left_open
from blogapp.markdown import render

LEFT_OPEN = [
    ("[a](b)", "      "),
    ("[[[a](b)", "^^      "),
    ("![![![a](b)", " ^ ^       "),
    ("[a [b](c) [d](e)", "                "),
    ("[a [b](c)", "^        "),
    ("[a] [b", "    ^ "),
    ("[a `[` ](b)", "           "),
    (r"[[a \] ](b)", "           "),
    ("[[<x:]>](b)", "           "),
    ("[[ http://[a](b)", "^               "),
    ("[[[ \\a ]", "^^      "),
]


@pytest.mark.parametrize(("source", "marks"), LEFT_OPEN)
def test_brackets_that_nothing_closes_are_known(source: str, marks: str):
    assert "".join("^" if one else " " for one in left_open(source)) == marks


@pytest.mark.parametrize(
    ("source", "is_defined", "place"),
    [("[a](b) c](d", False, 2), ("[a](b) c]", False, 2), ("[a](b) c]", True, 8), ("[a]", False, -1), ("[a", True, -1)],
)
def test_the_last_bracket_that_may_close_is_known(source: str, place: int, *, is_defined: bool):
    assert last_closing(source, is_defined=is_defined) == place


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[[[a](b)", '<p>[[<a href="b">a</a></p>'),
        ("[a [b](c)", '<p>[a <a href="c">b</a></p>'),
        ("[a `[` b](c)", '<p><a href="c">a <code>[</code> b</a></p>'),
        (r"[[a \] b](c)", '<p>[<a href="c">a ] b</a></p>'),
        (r"[\[a](c)", '<p><a href="c">[a</a></p>'),
        ("[a][b]\n\n[b]: c", '<p><a href="c">a</a></p>'),
        ("[[a]\n\n[a]: c", '<p>[<a href="c">a</a></p>'),
    ],
)
def test_what_has_an_end_is_a_link_all_the_same(source: str, html: str):
    assert render(source).html.replace(' rel="nofollow ugc noopener"', "").strip() == html
