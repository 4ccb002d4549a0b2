"""What of a text is shown with a hit: its part with most of what was looked for, marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from markupsafe import Markup

from blogapp.search.asked import Phrase
from blogapp.search.terms import in_place, is_unparted

WIDTH = 220
"""Characters."""
LEAD = 60
"""Of these, at most so many stand before the first hit."""
MOST_MARKS = 200
"""Hits of one text that are compared."""


def snippet(text: str, wanted: Sequence[Phrase]) -> Markup:
    """The beginning of a text in which nothing of it is."""
    line = " ".join(text.split())
    hits = _hits(line, wanted)
    start = _start(line, hits)
    end = _end(line, start)
    part = marked(
        line[start:end], [(first - start, last - start) for first, last, _ in hits if start <= first < last <= end]
    )
    return Markup("{}{}{}").format("… " if start else "", part, " …" if end < len(line) else "")


def title(text: str, wanted: Sequence[Phrase]) -> Markup:
    """The whole of it."""
    return marked(text, [(first, last) for first, last, _ in _hits(text, wanted)])


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Escaped, with `<mark>` around these parts of it."""
    parts, done = [], 0
    for first, last in spans:
        parts.append(Markup("{}<mark>{}</mark>").format(text[done:first], text[first:last]))
        done = last
    return Markup("").join([*parts, text[done:]])


def _hits(text: str, wanted: Sequence[Phrase]) -> list[tuple[int, int, str]]:
    """Where they begin and end, and what stands there."""
    if not wanted:
        return []
    found = islice(_pattern(tuple(wanted)).finditer(in_place(text)), MOST_MARKS)
    return [(match.start(), match.end(), match[0]) for match in found]


@lru_cache(256)
def _pattern(wanted: tuple[Phrase, ...]) -> re.Pattern[str]:
    longest_first = sorted(wanted, key=lambda one: -sum(map(len, one.terms)))
    return re.compile("|".join(_pattern_of(one) for one in longest_first))


def _pattern_of(phrase: Phrase) -> str:
    if all(map(is_unparted, phrase.terms)):
        return re.escape(_signs(phrase.terms))
    ending = r"\w*" if phrase.is_open else r"(?!\w)"
    return r"(?<!\w)" + r"[\W_]+".join(map(re.escape, phrase.terms)) + ending


def _signs(terms: Sequence[str]) -> str:
    """What they were made of: each begins with the sign that the one before ends with."""
    return terms[0] + "".join(one[1:] or one for one in terms[1:])


def _start(line: str, hits: Sequence[tuple[int, int, str]]) -> int:
    """Where most different hits are near each other; the first of equals."""
    if not hits or len(line) <= WIDTH:
        return 0
    best = max(
        hits,
        key=lambda hit: len(
            {other for first, last, other in hits if hit[0] <= first and last <= hit[0] + WIDTH - LEAD}
        ),
    )
    if best[0] <= LEAD:
        return 0
    start = best[0] - LEAD
    blank = line.find(" ", start, best[0])
    return blank + 1 if blank >= 0 else start


def _end(line: str, start: int) -> int:
    end = start + WIDTH
    if end >= len(line):
        return len(line)
    blank = line.rfind(" ", start + WIDTH - LEAD, end)
    return blank if blank >= 0 else end
