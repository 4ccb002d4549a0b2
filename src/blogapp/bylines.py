"""Who wrote a post together: what its row holds of everybody but its first author."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import orjson


class Writer(NamedTuple):
    id: int
    username: str
    display_name: str | None = None

    @property
    def shown(self) -> str:
        return self.display_name or self.username


def pack(writers: Iterable[Writer]) -> str | None:
    """As `posts.coauthors` holds them, in the order in which they joined."""
    found = [tuple(writer) for writer in writers]
    return orjson.dumps(found).decode() if found else None


@lru_cache(4096)
def unpack(packed: str | None) -> tuple[Writer, ...]:
    return tuple(Writer(*one) for one in orjson.loads(packed)) if packed else ()


def credited(post: Any) -> list[tuple[str, str]]:
    """Username and shown name of all who wrote it, its first author first."""
    others = ((writer.username, writer.shown) for writer in unpack(post.coauthors))
    return [(post.author, post.author_name), *others]


def names(author: str, packed: str | None) -> list[str]:
    """Of all who wrote it, its first author first."""
    return [author, *(writer.username for writer in unpack(packed))]


def ids(packed: str | None) -> frozenset[int]:
    return frozenset(writer.id for writer in unpack(packed))
