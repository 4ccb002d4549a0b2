"""`blogapp export`: every post as a Markdown file, and the pictures beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from blogapp import bylines, covers
from blogapp.errors import Refused
from blogapp.infra.progress import Progress
from blogapp.infra.resources import Resources
from blogapp.labels import unpack
from blogapp.media.names import ADDRESS, mentioned
from blogapp.portability import folder, front_matter, identity, picture_links, queries
from blogapp.portability.picture_links import FOLDER
from blogapp.posts.models import DRAFT, MARKDOWN, PLAIN, State
from blogapp.text import SLUG_LENGTH

MARK = ".blogapp-export.json"
"""Says that a folder is an export, and of what."""

AT_ONCE = 50
"""Posts read at a time: a hundred thousand characters each at the most."""

PART = ".part"
"""Ends the names of files that are not whole yet."""

_ODD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """All posts but those in the trash, or fewer."""

    user: str | None = None
    user_id: int | None = None
    states: tuple[State, ...] = ()

    @property
    def mark(self) -> bytes:
        return orjson.dumps({"format": 1, "user": self.user, "states": sorted(self.states)})


@dataclass(slots=True)
class Exported:
    written: int = 0
    unchanged: int = 0
    names: set[str] = field(default_factory=set)
    pictures: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    """Pictures whose files are gone."""
    edited: list[str] = field(default_factory=list)
    """Files that somebody has changed, and that no import has taken over."""
    left: list[str] = field(default_factory=list)
    """Files of an earlier export that belong to nothing any more."""


async def export(resources: Resources, target: Path, wanted: Wanted, progress: Progress) -> Exported:
    """Raises Refused for a folder that holds anything but an earlier export of the same."""
    _enter(target, wanted)
    exported = Exported()
    total = await queries.count(resources.db, wanted.user_id, wanted.states)
    last = 0
    with progress.count("exporting posts", total) as advance:
        while rows := await queries.after(resources.db, last, AT_ONCE, wanted.user_id, wanted.states):
            for row in rows:
                await _write_post(resources, target, row, exported)
            last = rows[-1].id
            advance(len(rows))
    exported.left = sorted(_left(target, exported))
    return exported


def remove(target: Path, names: Collection[str]) -> None:
    for name in names:
        (target / name).unlink(missing_ok=True)


def _enter(target: Path, wanted: Wanted) -> None:
    if target.exists() and not target.is_dir():
        raise Refused(f"{target} is no folder")
    target.mkdir(parents=True, exist_ok=True)
    mark = target / MARK
    if mark.is_file() and mark.read_bytes() != wanted.mark:
        raise Refused(f"{target} holds an export of other posts (--user, --state): choose another folder")
    if not mark.is_file() and any(target.iterdir()):
        raise Refused(f"{target} is not empty, and no export: choose another folder")
    if (target / FOLDER).is_symlink():
        raise Refused(f"{target / FOLDER} leads elsewhere: choose another folder")
    _write(mark, wanted.mark)


async def _write_post(resources: Resources, target: Path, row: Any, exported: Exported) -> None:
    name = _name(row, exported.names)
    exported.names.add(name)
    if _is_edited(target / name, row.digest):
        exported.edited.append(name)
    else:
        changed = _write(target / name, _text(row).encode(errors="surrogateescape"))
        exported.written += changed
        exported.unchanged += not changed
    for picture in (mentioned(row.content) | mentioned(row.cover or "")) - exported.pictures:
        exported.pictures.add(picture)
        await _copy(resources, picture, target, exported)


def _name(row: Any, taken: Collection[str]) -> str:
    """Of its date and the words of its address, whatever stands there."""
    words = _ODD.sub("-", row.slug.lower())[:SLUG_LENGTH].strip("-") or "post"
    name = f"{row.published_at or row.created_at:%Y-%m-%d}-{words}"
    return f"{name}-{row.id}.md" if f"{name}.md" in taken else f"{name}.md"


def _text(row: Any) -> str:
    own = identity.stable_id(row.id, row.created_at)
    values = {
        "title": row.title,
        "slug": row.slug,
        "date": row.published_at or row.created_at,
        "updated": row.updated_at,
        "created": row.created_at,
        "appeared": row.published_at if row.state == DRAFT else None,
        "state": row.state,
        "authors": bylines.names(row.username, row.coauthors),
        "tags": [label.name for label in unpack(row.tags)],
        **_cover(row),
        "series": row.series,
        "series_position": row.series_position if row.series else None,
        "format": PLAIN if row.format == PLAIN else None,
        "id": (row.origin or "").removeprefix(identity.OF_POST) or own,
    }
    content = picture_links.to_files(row.content) if row.format == MARKDOWN else row.content
    return identity.stamped(front_matter.written(values, content), own, row.version)


def _cover(row: Any) -> dict[str, str]:
    cover = covers.unpack(row.cover)
    if cover is None:
        return {}
    name = cover.address.removeprefix(ADDRESS)
    return {"cover": FOLDER + name, "cover_alt": cover.alt, "cover_caption": cover.caption}


async def _copy(resources: Resources, name: str, target: Path, exported: Exported) -> None:
    size = await resources.storage.size(name)
    path = target / FOLDER / name
    if size is None:
        exported.lost.append(name)
    elif not path.is_file() or path.stat().st_size != size:
        content = b"".join([chunk async for chunk in resources.storage.read(name, 0, size)])
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)


def _write(path: Path, content: bytes) -> bool:
    """Whole or not at all. Whether there was anything to do."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return False
    part = path.with_name(f".{path.name}{PART}")
    part.unlink(missing_ok=True)
    try:
        with part.open("xb") as file:
            file.write(content)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return True


def _left(target: Path, exported: Exported) -> list[str]:
    """What people have put there themselves has no stamp, and counts for nothing."""
    with os.scandir(target) as found:
        texts = [one.name for one in found if one.name.endswith(".md") and one.is_file(follow_symlinks=False)]
    pictures = [str(path.relative_to(target)) for path in (target / FOLDER).glob("??/*") if path.is_file()]
    gone = [name for name in texts if name not in exported.names and _is_ours(target / name)]
    return gone + [name for name in pictures if mentioned(f"/{name}") - exported.pictures]


def _is_ours(path: Path) -> bool:
    """As an export has written it: what people have changed is theirs."""
    text = path.read_bytes()[: folder.LARGEST].decode(errors="surrogateescape")
    stamp = identity.stamp(text.replace("\r\n", "\n"))
    return stamp is not None and stamp.is_whole


def _is_edited(path: Path, taken: str | None) -> bool:
    """`taken` is the digest of what was imported last into its post."""
    if not path.is_file() or path.is_symlink() or _is_ours(path):
        return False
    return sha256(path.read_bytes()).hexdigest() != taken
