"""The card of a post: whatever its title is, all of it has room, and nothing of it is a box of a missing sign."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from blogapp.site import cards
from blogapp.site.cards import Card

NAMES = ("Ada Lovelace", "The tide table")


@pytest.mark.parametrize(
    "title",
    [
        "Low tide",
        "What the tide left behind, and what we found when we walked out to the wreck at dawn",
        "W" * 200,
        "word " * 40,
        "\u017b\u00f3\u0142\u0107 \u2014 \u0395\u03bb\u03bb\u03b7\u03bd\u03b9\u03ba\u03ac",
    ],
)
def test_its_words_stay_between_the_margins(title: str):
    with Image.open(BytesIO(cards.draw(Card(title, *NAMES)))) as drawn:
        assert drawn.size == (cards.WIDTH, cards.HEIGHT)
        paper = drawn.convert("RGB").crop((0, cards.EDGE, cards.WIDTH, cards.HEIGHT))
    ink = paper.convert("L").point(lambda value: 255 if value < 128 else 0)
    left, top, right, bottom = ink.getbbox()
    assert left >= cards.MARGIN - 4
    assert right <= cards.WIDTH - cards.MARGIN + 4
    assert top > 0
    assert bottom <= cards.HEIGHT - cards.EDGE - cards.MARGIN
    sign = cards.HEIGHT - cards.EDGE - cards.MARGIN - cards.SIGN
    assert not ink.crop((0, sign - 8, cards.WIDTH, sign)).getbbox()


def test_what_the_font_can_not_write_is_left_out():
    plain = cards.draw(Card("Low tide", *NAMES))
    assert cards.draw(Card("Low \U0001f30a tide", *NAMES)) == plain
    assert cards.draw(Card("\u6f22\u5b57", *NAMES)) == cards.draw(Card("\U0001f389\U0001f389", *NAMES)) != plain
    assert cards.draw(Card("\u6f22\u5b57 and more", "\u6f22", "\u5b57")) == cards.draw(Card("", "", ""))


def test_what_has_no_room_ends_in_an_ellipsis():
    size, lines = cards._set("word " * 40)
    assert size == cards.SIZES[-1]
    assert lines[-1].endswith(cards.ELLIPSIS)
    assert max(cards._font(size).getlength(line) for line in lines) <= cards.ROOM
