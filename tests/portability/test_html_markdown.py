"""HTML of other programs as Markdown, which shows the same again."""

from __future__ import annotations

from contextlib import suppress

import pytest

from blogapp.markdown import render
from blogapp.portability.front_matter import Unreadable
from blogapp.portability.html_markdown import markdown

SAME = [
    "<p>Plain <strong>bold</strong>, <em>slanted</em>, <s>gone</s> and <code>a ` b</code>.</p>",
    "<p>One<br>\ntwo</p>",
    "<blockquote>\n<p>Said</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n</blockquote>",
    "<ol>\n<li>one</li>\n<li>two\n<ul>\n<li>within</li>\n</ul>\n</li>\n</ol>",
    "<hr>",
    "<p># no heading</p>\n<p>1. no list</p>\n<p>- nor this</p>\n<p>&gt; no quote</p>",
    "<p>*no* _mark_ [no](link) snake_case &amp;amp; &lt;b&gt; ~~no~~ \\ `no`</p>",
]


@pytest.mark.parametrize("html", SAME)
def test_it_shows_the_same(html):
    assert render(markdown(html)).html.strip() == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div><h2>A  <b>head</b></h2><p>Text</p></div>", "## A **head**\n\nText"),
        ("<p>so<b> bold </b>it is</p>", "so **bold** it is"),
        ('<a href="https://example.org/a b">there</a>', "[there](<https://example.org/a b>)"),
        (
            '<figure><img src="/a.jpg" alt="A [b]"><figcaption>Said</figcaption></figure>',
            "![A \\[b\\]](/a.jpg)\n\nSaid",
        ),
        ('<pre class="brush: python"><code>a\n\n```b</code></pre>', "````python\na\n\n```b\n````"),
        ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>", "| a | b\\|c |\n| -- | -- |\n| 1 |  |"),
        ('<script>alert(1)</script><p onclick="x">a<a href="javascript:alert(1)">b</a></p>', "ab"),
        ("<p>never closed <b>bold", "never closed **bold**"),
        ("", ""),
    ],
)
def test_it_is_written_as_people_would(html, text):
    assert markdown(html) == text


def test_older_posts_of_wordpress_keep_their_lines():
    assert markdown("One\ntwo\n\n<b>Three</b>\n\n<ul><li>four</li></ul>", by_lines=True) == (
        "One\\\ntwo\n\n**Three**\n\n- four"
    )


@pytest.mark.parametrize("tag", ["<blockquote>", "<b>", "<ul><li>"])
def test_what_is_nested_without_end_is_refused_or_read(tag):
    with suppress(Unreadable):
        assert "x" in markdown(tag * 5000 + "x")
