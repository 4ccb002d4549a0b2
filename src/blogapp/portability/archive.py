"""The file of a backup: a compressed tar of what the blog is, its rows as JSON and its pictures as they are.

`manifest.json` comes first, `rows/TABLE/N.jsonl` and `media/NAME` follow, `complete` is the last.
"""

from __future__ import annotations

import io
import re
import tarfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import LargeBinary, Table

from blogapp.errors import Refused
from blogapp.infra.db import Base, UTCDateTime

FORMAT = 1
MANIFEST, COMPLETE = "manifest.json", "complete"

MADE_AGAIN = {"post_terms", "open_editors", "throttles"}
"""Tables without a place in a backup: what search knows is made of the posts, the others tell of minutes."""

_ROWS = re.compile(r"rows/(\w+)/\d+\.jsonl")
_PICTURE = re.compile(r"media/([0-9a-f]{2}/[0-9a-f]{62}(?:\.\d{1,5})?\.[a-z]{3,4})")
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    made_by: str
    """Version of the program."""
    revision: str
    """Of the database."""
    rows: dict[str, int]
    pictures: int
    last_ids: dict[str, int]
    """The highest ever given, by table: those of deleted rows do not come again."""


def kept() -> list[Table]:
    """In an order in which each finds what it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in MADE_AGAIN]


@contextmanager
def writing(target: Path) -> Iterator[tarfile.TarFile]:
    """There under its name once it is whole. Raises Refused for a file that is there."""
    if target.exists():
        raise Refused(f"{target} is there already: name another file")
    part = target.with_name(f".{target.name}.part")
    try:
        part.touch(mode=0o600)
        with tarfile.open(part, "w:gz") as archive:
            yield archive
            add(archive, COMPLETE, b"")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, io.BytesIO(content))


def packed(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A line each. SQLAlchemy's names are more than strings, which orjson does not take."""
    plain = ({str(name): value for name, value in row.items()} for row in rows)
    return b"".join(orjson.dumps(row, default=_in_ascii, option=orjson.OPT_APPEND_NEWLINE) for row in plain)


@contextmanager
def reading(source: Path) -> Iterator[tarfile.TarFile]:
    """Raises Refused for a file that is no backup, or damaged."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            yield archive
    except _DAMAGE as error:
        raise Refused(f"{source} is no backup, or damaged") from error


def manifest(source: Path) -> Manifest:
    """Reads the whole file. Raises Refused if it is not as it was written."""
    with reading(source) as archive:
        found = Manifest(**orjson.loads(_content(archive, archive.next())))
        last = ""
        for entry in archive:
            last = entry.name
        archive.fileobj.read(-1)  # to its check sum, which tells of every byte
        if last != COMPLETE:
            raise EOFError
        return found


def rows(archive: tarfile.TarFile) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    for entry in archive:
        if match := _ROWS.fullmatch(entry.name):
            table = Base.metadata.tables[match[1]]
            readers = _readers(table)
            lines = _content(archive, entry).splitlines()
            yield table, [_row(readers, orjson.loads(line)) for line in lines]


def pictures(archive: tarfile.TarFile) -> Iterator[tuple[str, Any]]:
    """Names and open files."""
    for entry in archive:
        if match := _PICTURE.fullmatch(entry.name):
            yield match[1], archive.extractfile(entry)


def _content(archive: tarfile.TarFile, entry: tarfile.TarInfo | None) -> bytes:
    file = archive.extractfile(entry) if entry else None
    if file is None:
        raise EOFError
    return file.read()


def _readers(table: Table) -> dict[str, Callable[[Any], Any]]:
    """Of the columns that JSON has no kind for."""
    kinds = ((UTCDateTime, datetime.fromisoformat), (LargeBinary, b64decode))
    return {column.name: read for column in table.columns for kind, read in kinds if isinstance(column.type, kind)}


def _row(readers: Mapping[str, Callable[[Any], Any]], row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: read(row[name]) for name, read in readers.items() if row[name] is not None}


def _in_ascii(value: Any) -> str:
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError
