"""Pictures above posts: what a post's row holds of its own, so that nobody needs to look it up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson

LONGEST_CAPTION = 300


class Cover(NamedTuple):
    """Addresses begin where the blog begins, wherever it is mounted."""

    address: str
    width: int
    height: int
    widths: Sequence[tuple[str, int]]
    """Addresses with their widths; nothing where there is but one."""
    alt: str
    caption: str

    def srcset(self, root: str) -> str:
        return ", ".join(f"{root}{address} {width}w" for address, width in self.widths)


def pack(cover: Cover) -> str:
    """As `posts.cover` holds it."""
    return orjson.dumps(tuple(cover)).decode()


@lru_cache(4096)
def unpack(packed: str | None) -> Cover | None:
    return Cover(*orjson.loads(packed)) if packed else None
