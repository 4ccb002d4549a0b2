"""What the Markdown of a comment may become, and what stays the text that was typed."""

from __future__ import annotations

import pytest

from blogapp.comments import markdown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("*so* **it** ~~was~~", "<p><em>so</em> <strong>it</strong> <s>was</s></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
        ("```py\na < b\n```", '<pre tabindex="0"><code>a &lt; b\n</code></pre>\n'),
    ],
)
def test_comments_have_words_lists_quotes_and_code(typed: str, shown: str) -> None:
    assert markdown.render(typed) == shown


@pytest.mark.parametrize("typed", ["[there](https://example.org/)", "https://example.org/"])
def test_every_link_says_that_we_do_not_vouch_for_it(typed: str) -> None:
    html = markdown.render(typed)
    assert 'href="https://example.org/" rel="nofollow ugc noopener"' in html
    assert markdown.links(html) == 1


@pytest.mark.parametrize("typed", ["# Loud", "Loud\n====", "| a |\n|---|\n| b |", "<b>loud</b>", "---"])
def test_what_is_louder_than_a_comment_stays_text(typed: str) -> None:
    html = markdown.render(typed)
    assert not [tag for tag in ("<h", "<table", "<b>", "<hr") if tag in html]
    assert html.startswith("<p>")


def test_no_picture_is_fetched_from_a_comment() -> None:
    assert "<img" not in markdown.render("![seen](https://example.org/count.png)")


@pytest.mark.parametrize("typed", ["[a](javascript:alert(1))", "<script>alert(1)</script>", "<a onclick=x href=/>"])
def test_a_comment_runs_nothing_and_links_to_nothing_that_runs(typed: str) -> None:
    html = markdown.render(typed)
    assert "<script" not in html
    assert markdown.links(html) == 0


def test_a_tag_that_was_typed_is_no_link() -> None:
    assert markdown.links(markdown.render("`<a href=x>` and <a b")) == 0
