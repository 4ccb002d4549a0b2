"""Values made for many, kept in memory until something they show has changed, their time is over, or room is needed."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")

SECONDS = 60.0
"""A value lives no longer: programs beside this process write to the same database, and nobody tells us."""
LARGEST_SHARE = 16
"""No value takes more than this part of all room."""
MOST_TAGS = 10_000
"""Purged tags remembered, a hundred bytes each."""


@dataclass(slots=True)
class _Entry(Generic[Value]):
    value: Value
    size: int
    tags: frozenset[str]
    since: int
    checked: int
    """The last purge it was held against."""
    until: float


class Cache(Generic[Value]):
    """A purge only counts: what it makes invalid is found out when it is asked for, so that writers wait for nothing."""

    def __init__(self, most_bytes: int) -> None:
        """Least recently used values make room for new ones. With 0 bytes nothing is ever kept."""
        self._entries: LRUCache[Hashable, _Entry[Value]] = LRUCache(most_bytes, getsizeof=_size)
        self._purged: dict[str, int] = {}
        self._dropped = 0
        self.largest = most_bytes // LARGEST_SHARE
        self.moment = 0
        """How many purges there were. Who makes a value asks before it begins, and says so when it is to be kept."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes taken."""
        return int(self._entries.currsize)

    def get(self, key: Hashable) -> Value | None:
        try:
            entry = self._entries[key]
        except KeyError:
            return None
        if time.monotonic() < entry.until and (entry.checked == self.moment or self._holds(entry)):
            return entry.value
        del self._entries[key]
        return None

    def put(self, key: Hashable, value: Value, size: int, tags: Iterable[str], since: int) -> None:
        """Keep what was begun at the moment `since`, unless it is too large or one of its tags was purged meanwhile."""
        entry = _Entry(value, size, frozenset(tags), since, self.moment, time.monotonic() + SECONDS)
        if size <= self.largest and self._holds(entry):
            self._entries[key] = entry

    def purge(self, tags: Iterable[str]) -> None:
        """Forget all that has one of the tags, whether it is kept or being made."""
        self.moment += 1
        for tag in tags:
            self._purged[tag] = self.moment
        if len(self._purged) > MOST_TAGS:
            self.drop()

    def drop(self) -> None:
        """Forget everything, and all that is being made."""
        self.moment += 1
        self._dropped = self.moment
        self._entries.clear()
        self._purged.clear()

    def _holds(self, entry: _Entry[Value]) -> bool:
        purged = max((self._purged.get(tag, 0) for tag in entry.tags), default=0)
        entry.checked = self.moment
        return entry.since >= max(purged, self._dropped)


def _size(entry: _Entry[Value]) -> int:
    return entry.size
