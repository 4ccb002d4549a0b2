"""The cover that a file names: as blogapp writes it, Hugo's table, or Ghost's names."""

from __future__ import annotations

from typing import NamedTuple

from blogapp.covers import LONGEST_CAPTION
from blogapp.media.models import LONGEST_ALT
from blogapp.media.names import ADDRESS
from blogapp.portability.brought_pictures import Brought
from blogapp.portability.front_matter import Parts
from blogapp.portability.front_values import Unreadable
from blogapp.portability.picture_links import Link, link_to
from blogapp.text import clean_line, visible

NAMES = frozenset(
    {"cover", "cover_alt", "cover_caption", "feature_image", "feature_image_alt", "feature_image_caption"}
)

NO_WORDS = "the cover is left out: cover_alt is to say what it shows"
ELSEWHERE = "the cover is left out: it is no file of the folder"


class FileCover(NamedTuple):
    """`target` is as the file has it, empty for none."""

    target: str = ""
    alt: str = ""
    caption: str = ""


def cover(parts: Parts) -> FileCover:
    """Raises Unreadable."""
    given = parts.values.get("cover")
    if isinstance(given, dict):
        found = [given.get(name, "") for name in ("image", "alt", "caption")]
    else:
        prefix = "cover" if given else "feature_image"
        found = [parts.values.get(prefix + ending, "") for ending in ("", "_alt", "_caption")]
    if not all(isinstance(one, str) for one in found):
        raise Unreadable("cover is no text", parts.line_of("cover"))
    target, alt, caption = (clean_line(visible(one)) for one in found)
    if len(alt) > LONGEST_ALT or len(caption) > LONGEST_CAPTION:
        raise Unreadable("the words of the cover are too long", parts.line_of("cover_caption"))
    return FileCover(target, alt, caption)


def links(cover: FileCover) -> list[Link]:
    """Where its picture is to lie; nothing for what lies elsewhere."""
    link = link_to(cover.target, cover.alt)
    return [link] if link else []


def address(cover: FileCover, brought: Brought) -> str | None:
    """In the library. None where there is no cover, and where it is left out, which is noted."""
    if not cover.target:
        return None
    if cover.target not in brought.names:
        brought.notes += [] if links(cover) else [ELSEWHERE]
        return None
    if not cover.alt:
        brought.notes.append(NO_WORDS)
        return None
    return ADDRESS + brought.names[cover.target]
