"""From a text to the terms it is found by: case, accents and width make no difference, in any script.

Both databases are given these and nothing else, so that both find the same. A term holds letters, digits and marks
alone: no quotation mark, backslash or blank, so it stands in a query of either as it is.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

LONGEST = 60
"""Characters of a term; what is longer is found by these."""
MOST = 50_000
"""Terms of one text: a `tsvector` of PostgreSQL holds no more than a megabyte."""

_LAST_WITH_ACCENTS = "\u03ff"
"""Of Latin and Greek; in other scripts what looks like an accent makes another letter."""
_LETTERS = {
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "\u0131": "i",
    "þ": "th",
    "\u0451": "\u0435",
}
"""What Unicode does not take apart and readers type without."""
_POINTS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
"""Vowel signs of Hebrew and Arabic, which are rarely typed."""
_UNPARTED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(f"[{_UNPARTED}]+|[^ {_UNPARTED}]+")
_IS_UNPARTED = re.compile(f"[{_UNPARTED}]")


class _Folding(dict[int, str]):
    """By `str.translate`: what each character is in a term, a blank for what is in none. Filled as texts need it."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


class _InPlace(dict[int, str]):
    """The same with one character for each, so that places in the text stay what they are."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        self[code] = one = folded if len(folded) == 1 else chr(code).lower()[:1]
        return one


_folding, _in_place = _Folding(), _InPlace()


def terms(text: str) -> list[str]:
    """In their order. Scripts without blanks between words give each two neighbouring signs, and the last one alone."""
    found: list[str] = []
    for run in _RUNS.findall(text.translate(_folding)):
        if _IS_UNPARTED.match(run):
            found.extend(run[place : place + 2] for place in range(len(run)))
        else:
            found.append(run[:LONGEST])
        if len(found) >= MOST:
            break
    return list(islice(found, MOST))


def phrase(words: str) -> list[str]:
    """The terms that stand next to each other where a text has these words."""
    found = terms(words)
    ends = (place for place, one in enumerate(found) if place and len(one) == 1 and _IS_UNPARTED.match(one))
    spare = {place for place in ends if found[place - 1].endswith(found[place])}
    return [one for place, one in enumerate(found) if place not in spare]


def is_unparted(term: str) -> bool:
    """Whether it is a sign of a script that puts no blanks between words."""
    return _IS_UNPARTED.match(term) is not None


def in_place(text: str) -> str:
    """As long as the text, and written like its terms; a letter that would become two stays as it is."""
    return text.translate(_in_place)


def _fold(character: str) -> str:
    """In scripts with marks on letters, those stay; what is neither letter nor digit nor mark parts words."""
    plain = unicodedata.normalize("NFKC", character).casefold()
    return "".join(_folded_letter(one) for one in plain)


def _folded_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if _POINTS.match(letter) or "\u0300" <= letter <= "\u036f":
        return ""
    if unicodedata.category(letter)[0] not in "LNM":
        return " "
    bare = unicodedata.normalize("NFD", letter)[0]
    return _LETTERS.get(bare, bare) if bare <= _LAST_WITH_ACCENTS else letter
