"""A folder of Markdown files, as somebody else has left it: nothing in it is trusted."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from blogapp.portability.front_values import Unreadable
from blogapp.text import visible

ENDINGS = (".md", ".markdown")
LARGEST = 1024 * 1024
"""Bytes of one file: the longest text and front matter that are taken need half of it."""


def files(root: Path) -> Iterator[str]:
    """Markdown files, as paths from `root` in their order; hidden folders are left out, and linked ones not entered."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith("."):
                yield os.path.relpath(os.path.join(folder, name), root)  # noqa: PTH118  # a hundred thousand of them


def text(root: Path, path: str) -> tuple[bytes, str]:
    """What stands in the file, with line feeds. Raises Unreadable."""
    content = content_of(root, root / path, LARGEST)
    try:
        words = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("this is not UTF-8: save the file in that encoding", line) from None
    if visible(words) != words:
        line = next(number for number, one in enumerate(words.split("\n"), 1) if visible(one) != one)
        raise Unreadable("this holds invisible control characters, which can't be kept", line)
    return content, words


def content_of(root: Path, path: Path, largest: int) -> bytes:
    """Of a file that really is in `root`, and is one. Raises Unreadable."""
    real = inside(root, path)
    try:
        found = real.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("this is no ordinary file")
        if found.st_size > largest:
            raise Unreadable(f"the file is larger than {largest:,} bytes")
        with real.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(f"the file can't be read: {error.strerror}") from None
    if len(content) > largest:
        raise Unreadable(f"the file is larger than {largest:,} bytes")
    return content


def inside(root: Path, path: Path) -> Path:
    """Where it really is. Raises Unreadable for what a link or dots lead out of `root`."""
    try:
        real = path.resolve(strict=True)
    except FileNotFoundError:
        raise Unreadable("the file is not there") from None
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable(f"the file can't be read: {getattr(error, 'strerror', None) or 'its name is none'}") from None
    if not real.is_relative_to(root.resolve()):
        raise Unreadable("this leads out of the folder")
    return real


def modified(root: Path, path: str) -> datetime:
    try:
        return datetime.fromtimestamp((root / path).stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise Unreadable(f"the file can't be read: {error}") from None
