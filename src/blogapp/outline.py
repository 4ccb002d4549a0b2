"""What a page tells of a text before it is read: how long that takes, and what its headings are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

WORDS_A_MINUTE = 230
"""Of a silent reader: Brysbaert, "How many words do we read per minute?", 2019, found 238. The editor counts with it, too."""
SIGNS_A_MINUTE = 500
"""Of scripts that put no blanks between words."""
LONGEST_WORD = 12
"""Signs between two blanks, on average; where there are more, the blanks part no words."""

FEWEST_HEADINGS = 3
SHORTEST_LISTED = 3
"""Minutes: the headings of what is read sooner need no list."""

_HEADING = re.compile(r'<h([23]) id="([^"]+)">(.*?) <a class="anchor"', re.DOTALL)


class Heading(NamedTuple):
    level: int
    anchor: str
    words: str


def minutes(content: str) -> int:
    """To read a text in, at least one. Counts blanks, which costs a hundredth of counting words."""
    words = content.count(" ") + content.count("\n") + 1
    if len(content) > words * LONGEST_WORD:
        return max(1, round(len(content) / SIGNS_A_MINUTE))
    return max(1, round(words / WORDS_A_MINUTE))


@lru_cache(256)
def headings(html: str) -> tuple[Heading, ...]:
    """Of the second and third level of what `markdown.render` has made; none where a list of them would not help."""
    found = _HEADING.findall(html)
    if len(found) < FEWEST_HEADINGS:
        return ()
    return tuple(Heading(int(level), anchor, Markup(inner).striptags()) for level, anchor, inner in found)  # noqa: S704  # to take its marks away
