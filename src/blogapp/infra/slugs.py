"""Finding an address that nobody has, however many are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import CompoundSelect, Select
from sqlalchemy.ext.asyncio import AsyncSession

AT_ONCE = 50

Taken = Select[str] | CompoundSelect[str]


async def free(session: AsyncSession, candidates: Iterator[str], taken: Callable[[Sequence[str]], Taken]) -> str:
    """The first of endless candidates. `taken` selects which of some others have."""
    while True:
        some = list(islice(candidates, AT_ONCE))
        gone = set(await session.scalars(taken(some)))
        for one in some:
            if one not in gone:
                return one
