"""Pictures as JSON documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from blogapp import bylines
from blogapp.media import names, queries, service
from blogapp.media.schemas import MediaOut, MediaUseOut
from blogapp.web.addresses import picture_url, post_address
from blogapp.web.context import db
from blogapp.web.operations import Access, Tag

MEDIA = Tag("Media", "Pictures for posts.")
OWNER = Access("Its owner and administrators.")
NO_MEDIA = {404: service.NO_MEDIA}
FULL = {507: "There is no room for this picture. Nothing was changed."}


def markdown(alt: str, name: str) -> str:
    """What would end the words early is kept from it."""
    escaped = "".join(f"\\{sign}" if sign in "\\[]`*_<>!&" else sign for sign in alt)
    return f"![{escaped}]({picture_url(name)})"


async def shown(rows: Sequence[Any]) -> list[MediaOut]:
    """With the posts of each."""
    uses = defaultdict(list)
    for use in await queries.uses(db(), {row.name for row in rows}):
        uses[use.name].append(use)
    return [_shown(row, uses[row.name]) for row in rows]


def _shown(row: Any, uses: Sequence[Any]) -> MediaOut:
    own = [use for use in uses if use.is_current and use.trashed_at is None and _wrote(row.user_id, use)]
    widths = names.srcset(row.name, row.width, moves=row.moves)
    return MediaOut(
        id=row.id,
        url=picture_url(row.name),
        markdown=markdown(row.alt, row.name),
        alt=row.alt,
        type=names.type_of(row.name),
        width=row.width,
        height=row.height,
        bytes=row.bytes,
        srcset=", ".join(f"{picture_url(name)} {width}w" for name, width in widths),
        created_at=row.created_at,
        used_in=[MediaUseOut(post_id=use.id, title=use.title, url=post_address(use.id, use.slug)) for use in own],
        used_elsewhere=len(uses) - len(own),
        is_portrait=row.is_portrait,
    )


def _wrote(user_id: int | None, use: Any) -> bool:
    """Alone or with others. An account that is gone wrote nothing."""
    return user_id is not None and (use.user_id == user_id or user_id in bylines.ids(use.coauthors))
