"""Keys that sign cookies: which are too weak, and where a development machine keeps its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from blogapp.errors import Refused

SHORTEST = 32
"""Characters: 128 bits in hexadecimal."""

DIFFERENT_PARTS = 0.75
"""Of the pieces of three characters in a random key nearly all differ; in "aaaa…" or "secretsecret…" few do."""

GUESSABLE = (
    "change",
    "default",
    "dev-key",
    "example",
    "insecure",
    "password",
    "qwerty",
    "secret",
    "12345678",
    "abcdefgh",
)


def is_weak(key: str) -> bool:
    pieces = [key[start : start + 3] for start in range(len(key) - 2)]
    return (
        len(key) < SHORTEST
        or len(set(pieces)) < DIFFERENT_PARTS * len(pieces)
        or any(word in key.lower() for word in GUESSABLE)
    )


def kept(path: Path) -> str:
    """The key in the file, made at the first start, so that a restart signs nobody out. Raises Refused."""
    try:
        if not path.exists():
            _make(path)
        return path.read_text().strip()
    except (OSError, UnicodeError) as error:
        raise Refused(f"set SECRET_KEY: {path} can't be used ({error})") from None


def _make(path: Path) -> None:
    """Whole or not at all: of two programs that start at once, both read the same key."""
    path.parent.mkdir(exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_hex(SHORTEST))
    try:
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()
