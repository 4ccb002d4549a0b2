"""Whatever authors type, pages stay whole: no markup of theirs, no address but http and https."""

from __future__ import annotations

import re
import tracemalloc
import unicodedata
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from blogapp import create_app, text

PIECES = some.sampled_from(
    [
        "<script>",
        "</p>",
        "<!--",
        "]]>",
        "&lt;",
        "&#60;",
        "&#x3c;",
        "&#99999999999999999999;",
        "&#xD800;",
        "&amp",
        '"',
        "'",
        "`",
        " onerror=",
        "javascript:",
        "data:text/html,",
        "http://",
        "https://a.example/",
        "HTTP://A.example?a=<b>&c=d",
        'http://a.example/"onmouseover="alert(1)',
        "http://a@b:c",
        "http://[::1]",
        "http://[",
        "//evil.example",
        "www.example.org",
        "ftp://a.example",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        "\u2028",
        "\u202e",
        "\ufeff",
        "(",
        ")",
        "]",
        ".",
        "…",
    ]
)
TYPED = some.lists(PIECES | some.text(max_size=5), max_size=30).map("".join)


class Page(HTMLParser):
    """The tags of a page and what a reader sees of it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.seen = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.seen += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")


@given(TYPED)
def test_prose_has_paragraphs_lines_and_links_and_no_other_markup(typed: str):
    page = Page(str(text.prose(typed)))
    assert {tag for tag, _ in page.tags} <= {"p", "br", "a"}
    for tag, attributes in page.tags:
        assert set(attributes) == ({"href", "rel"} if tag == "a" else set())
        if tag == "a":
            assert urlsplit(re.sub(r"[\[\]]", "", attributes["href"] or "")).scheme.lower() in {"http", "https"}
            assert set((attributes["rel"] or "").split()) >= {"nofollow", "ugc", "noopener"}


@given(TYPED)
def test_prose_loses_nothing_of_what_was_typed(typed: str):
    seen = Page(str(text.prose(typed))).seen
    assert "".join(seen.split()) == "".join(typed.split())


@given(TYPED)
def test_a_slug_is_fit_for_an_address(typed: str):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text.slug(typed))
    assert len(text.slug(typed)) <= text.SLUG_LENGTH


@given(TYPED)
@example("&#99999999999999999999;")
@example("&#x110000; &#xD800;")
def test_a_slug_depends_on_the_title_alone(typed: str):
    assert text.slug(typed) == text.slug(typed)


@given(TYPED)
def test_a_clean_line_stays_as_it_is(typed: str):
    try:
        line = text.clean_line(typed)
    except ValueError:
        return
    assert text.clean_line(line) == line
    assert len(line.splitlines()) <= 1
    assert unicodedata.is_normalized("NFC", line)
    assert line == line.strip()


@given(TYPED)
def test_a_clean_text_stays_as_it_is(typed: str):
    try:
        cleaned = text.clean_text(typed)
    except ValueError:
        return
    assert text.clean_text(cleaned) == cleaned
    assert "\r" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@given(some.text())
def test_nothing_that_is_kept_is_a_control_character(typed: str):
    visible = text.visible(typed)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t\r" for c in visible)
    text.clean_text(visible)


@given(TYPED.map(lambda typed: typed * 20))
def test_an_excerpt_is_one_line_of_so_many_characters(typed: str):
    excerpt = text.excerpt(typed)
    assert len(excerpt) <= text.EXCERPT_LENGTH + 1
    assert "\n" not in excerpt


@pytest.mark.parametrize("unit", ["http://", "http://a.b/(", "[", "<", "&", "a ", "\n\n", "\r", "http://a.b/)))))"])
def test_the_longest_text_is_shown(unit: str):
    longest = (unit * 100_000)[:100_000]
    assert "".join(Page(str(text.prose(longest))).seen.split()) == "".join(longest.split())


def test_long_texts_do_not_pile_up_in_memory():
    """A thousand posts of the greatest length, read one after the other, are not kept beside the database."""
    tracemalloc.start()
    try:
        for number in range(1000):
            text.prose(f"{number} " + "x" * 100_000)
            text.excerpt(f"{number} " + "x" * 100_000)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 16 * 1024 * 1024


@pytest.mark.parametrize("title", ["Delete", "Edit!", "edit.", "Authors"])
def test_no_slug_is_the_name_of_a_post_s_own_page(title: str):
    assert text.slug(title) not in text.PAGES_OF_A_POST


def test_the_pages_of_a_post_are_the_ones_that_no_slug_may_be():
    rules = create_app("testing").url_map.iter_rules()
    start = "/posts/<id:id>/"
    tails = {rule.rule.removeprefix(start).partition("/")[0] for rule in rules if rule.rule.startswith(start)}
    assert {tail for tail in tails if "." not in tail} - {"<slug>"} == text.PAGES_OF_A_POST
