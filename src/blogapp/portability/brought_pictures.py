"""Pictures that texts of a folder show, on their way into the library."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.actor import Actor
from blogapp.errors import BlogError, StorageFull
from blogapp.infra.resources import Resources
from blogapp.markdown import Picture as Shown
from blogapp.media import pictures, queries, recognising, service
from blogapp.media.names import mentioned, srcset
from blogapp.media.pictures import Picture
from blogapp.portability import folder
from blogapp.portability.front_values import Unreadable
from blogapp.portability.picture_links import FOLDER, Link

UNLIMITED = sys.maxsize
"""Bytes that an account may have, when an operator brings them."""

TOPS = ("", "static")
"""Where an address with a slash may begin: in the folder itself, or where Hugo keeps such files."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder that pictures are taken from, and those that were made of its files before."""

    resources: Resources
    root: Path
    made: dict[Path, Picture] = field(default_factory=dict)


@dataclass(slots=True)
class Brought:
    """Of one text: `names` by the links as they are written."""

    names: dict[str, str] = field(default_factory=dict)
    made: dict[str, tuple[Picture, str]] = field(default_factory=dict)
    """By name, with what it shows in words: those that the library may not have."""
    files: dict[str, Path] = field(default_factory=dict)
    """By name, where they wait."""
    origins: dict[str, Path] = field(default_factory=dict)
    """By name, where they lie in the folder."""
    notes: list[str] = field(default_factory=list)

    def shown(self) -> Mapping[str, Shown]:
        return {
            name: Shown(one.width, one.height, srcset(name, one.width, moves=one.moves))
            for name, (one, _) in self.made.items()
        }


async def bring(shelf: Shelf, text: str, links: list[Link]) -> Brought:
    """Whatever can't be taken is noted, and its link left as it stands. Raises StorageFull."""
    brought = Brought()
    for link in links:
        if link.target not in brought.names:
            try:
                await _bring(shelf, text, link, brought)
            except StorageFull:
                raise
            except (Unreadable, BlogError) as error:
                reason = error.reason if isinstance(error, Unreadable) else error.detail
                brought.notes.append(f"the picture {link.target[:200]!r} is left out: {reason}")
    return brought


async def keep(shelf: Shelf, brought: Brought) -> None:
    """Their files, before the transaction that tells of them."""
    for name, path in brought.files.items():
        await shelf.resources.storage.put(name, path)
        shelf.made[brought.origins[name]] = brought.made[name][0]


async def record(session: AsyncSession, owner_id: int, brought: Brought) -> None:
    for picture, alt in brought.made.values():
        await service.add(session, Actor(owner_id), picture, alt, UNLIMITED)


async def drop(brought: Brought) -> None:
    for path in brought.files.values():
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _bring(shelf: Shelf, text: str, link: Link, brought: Brought) -> None:
    ours = _own_name(link.path)
    if ours and await queries.named(shelf.resources.db, [ours]):
        brought.names[link.target] = ours
        return
    path = _path(shelf.root, text, link.path)
    if path is None:
        raise Unreadable("the file is not there")
    real = folder.inside(shelf.root, path)
    picture = shelf.made.get(real) or await _made(shelf, real, ours, brought)
    brought.made.setdefault(picture.name, (picture, link.alt))
    brought.origins[picture.name] = real
    brought.names[link.target] = picture.name


async def _made(shelf: Shelf, real: Path, ours: str, brought: Brought) -> Picture:
    """Written anew as any other that is sent; one that an export has brought stays byte for byte what it is."""
    resources = shelf.resources
    content = await asyncio.to_thread(folder.content_of, shelf.root, real, resources.settings.media_max_bytes)
    source, target = [await asyncio.to_thread(resources.storage.temporary) for _ in range(2)]
    try:
        await asyncio.to_thread(source.write_bytes, content)
        picture = await resources.pictures.run(recognising.recognised, source, ours) if ours else None
        if picture is None:
            picture = await resources.pictures.run(pictures.remake, source, target)
            source, target = target, source
    except BaseException:
        await asyncio.to_thread(source.unlink, missing_ok=True)
        raise
    finally:
        await asyncio.to_thread(target.unlink, missing_ok=True)
    brought.files[picture.name] = source
    return picture


def _own_name(path: str) -> str:
    """That of a picture as exports name it."""
    before, folder_name, name = path.rpartition(FOLDER)
    return name if folder_name and {name} == mentioned(f"/{FOLDER}{name}") and not before.strip("./") else ""


def _path(root: Path, text: str, link: str) -> Path | None:
    if not link.startswith("/"):
        return root / PurePosixPath(text).parent / link
    there = [root / top / link.lstrip("/") for top in TOPS]
    return next((path for path in there if _is_file(path)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
