"""Texts in a language that nobody speaks, whose words are as common as those of one that people do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

VOCABULARY = 30_000


class Language:
    """Words made of syllables, the commoner the earlier."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))

    @classmethod
    def made(cls) -> Language:
        chance = random.Random(VOCABULARY)
        syllables = [consonant + vowel for consonant in "bcdfghklmnprstvw" for vowel in "aeiou"]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(chance.choices(syllables, k=chance.choice((2, 2, 3, 3, 4))))] = None
        return cls(list(words))

    def text(self, length: int, chance: random.Random) -> str:
        return " ".join(chance.choices(self.words, cum_weights=self._weights, k=length))

    def around(self, rank: int, chance: random.Random) -> str:
        """A word about as common as that."""
        return self.words[rank + chance.randrange(max(1, rank // 2))]
