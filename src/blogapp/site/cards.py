"""The picture that stands beside a link to a post without a cover: its title, its author and the blog's name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
"""Pixels, as Open Graph and Twitter's large cards show them whole."""

MARGIN = 80
ROOM = WIDTH - 2 * MARGIN
EDGE = 16
SIGN = 96
"""Of the blog's sign, on each side."""
GAP = 32
FOOT = 34
"""Pixels of the letters at the foot."""
SIZES = (92, 80, 70, 60, 52)
"""Pixels of the title's letters: the first with which it has room."""
LEADING = 1.18
TALLEST = HEIGHT - EDGE - 2 * MARGIN - SIGN
ELLIPSIS = "…"

PAPER, INK, SOFT, SOLID = "#fffef9", "#171c28", "#4d5366", "#ffe14d"

_NOBODY_HAS = "\U0010ffff"

Font = ImageFont.FreeTypeFont


class Card(NamedTuple):
    title: str
    author: str
    site_name: str


def draw(card: Card) -> bytes:
    """A PNG. It takes up to a tenth of a second: never on the event loop."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, WIDTH, EDGE), fill=SOLID)
    title, *beside = [part for part in map(_legible, card) if part] or [""]
    size, lines = _set(title)
    top = EDGE + MARGIN / 2 + (TALLEST - size * LEADING * len(lines)) / 2
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * size * LEADING), line, INK, _font(size))
    _sign(pen, HEIGHT - MARGIN - SIGN)
    foot = _shortened(" \u00b7 ".join(beside), _font(FOOT, "Semibold"), ROOM - SIGN - GAP)
    pen.text((MARGIN + SIGN + GAP, HEIGHT - MARGIN - SIGN / 2), foot, SOFT, _font(FOOT, "Semibold"), anchor="lm")
    kept = BytesIO()
    picture.quantize(32).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _sign(pen: ImageDraw.ImageDraw, top: float) -> None:
    pen.rounded_rectangle((MARGIN, top, MARGIN + SIGN, top + SIGN), SIGN / 5, fill=SOLID)
    pen.text((MARGIN + SIGN / 2, top + SIGN / 2), "\u00b6", INK, _font(round(SIGN * 0.7)), anchor="mm")


def _set(title: str) -> tuple[int, list[str]]:
    """Pixels of its letters, and its lines. The smallest letters cut what does not fit."""
    for size in SIZES:
        lines = list(_lines(title, _font(size)))
        most = int(TALLEST // (size * LEADING))
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], _shortened(" ".join(lines[most - 1 :]), _font(size), ROOM)]


def _lines(text: str, font: Font) -> Iterable[str]:
    line = ""
    for word in _short_words(text.split(), font):
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= ROOM:
            line = longer
        else:
            yield line
            line = word
    if line:
        yield line


def _short_words(words: Iterable[str], font: Font) -> Iterable[str]:
    """A word that no line has room for is parted."""
    for word in words:
        rest = word
        while font.getlength(rest) > ROOM:
            fits = _fitting(rest, font, ROOM)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _shortened(text: str, font: Font, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    return text[: _fitting(text, font, width - font.getlength(ELLIPSIS))].rstrip() + ELLIPSIS


def _fitting(text: str, font: Font, width: float) -> int:
    """How many of its signs have room."""
    return bisect_right(range(len(text) + 1), width, key=lambda end: font.getlength(text[:end])) - 1


def _legible(text: str) -> str:
    """Without signs that the font lacks; nothing of a text whose letters it lacks, which would be wrong without them."""
    lacks = [sign for sign in text if not sign.isspace() and not _has(sign)]
    return "" if any(sign.isalnum() for sign in lacks) else " ".join("".join(c for c in text if c not in lacks).split())


@lru_cache(5000)
def _has(sign: str) -> bool:
    font = _font(FOOT)
    return bytes(font.getmask(sign)) != bytes(font.getmask(_NOBODY_HAS))


@cache
def _font(size: int, weight: str = "Bold") -> Font:
    folder = files("font_source_serif_pro") / "files"
    return ImageFont.truetype(str(folder / f"SourceSerifPro-{weight}.ttf"), size)
