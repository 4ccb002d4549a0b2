"""What pictures are called: in addresses, in texts and on disk."""

from __future__ import annotations

import re
from collections.abc import Sequence

from blogapp.media.pictures import TYPES, WIDTHS

ADDRESS = "/media/"

_ENDINGS = "|".join(TYPES)
_MENTIONED = re.compile(rf"{ADDRESS}([0-9a-f]{{2}}/[0-9a-f]{{62}}\.(?:{_ENDINGS}))(?![\w.])")


def mentioned(content: str) -> set[str]:
    """The names of pictures in a text."""
    return set(_MENTIONED.findall(content)) if ADDRESS in content else set()


def widths(width: int, *, moves: bool) -> Sequence[int]:
    """The smaller ones that there are of a picture; what moves is there as it is only."""
    return () if moves else tuple(one for one in WIDTHS if one < width)


def of_width(name: str, width: int) -> str:
    return f"{name.rpartition('.')[0]}.{width}.webp"


def srcset(name: str, width: int, *, moves: bool) -> tuple[tuple[str, int], ...]:
    """Names with their widths, the whole picture last; nothing where there is but one."""
    smaller = [(of_width(name, one), one) for one in widths(width, moves=moves)]
    return (*smaller, (name, width)) if smaller else ()


def files(name: str) -> tuple[str, ...]:
    """Every file that there may be of a picture."""
    return (name, *(of_width(name, width) for width in WIDTHS))


def type_of(name: str) -> str:
    return TYPES[name.rpartition(".")[2]]
