"""Keys that sign cookies: which are too weak, and where a development machine keeps its own."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from blogapp.errors import Refused

SHORTEST = 32
"""Characters: 128 bits in hexadecimal."""

LONGEST_BLOCK = 12
"""Characters: a key is no stronger than what it repeats, as in "secretsecret…"."""

FEWEST_SYMBOLS = 8
"""Different characters in a key."""

KNOWN = ("change", "dev-key", "dev-secret")
"""Words of the keys that manuals print; the Flask application's own default has two of them."""


def is_weak(key: str) -> bool:
    repeats = any(key[block:] == key[:-block] for block in range(1, LONGEST_BLOCK + 1))
    known = any(word in key.lower() for word in KNOWN)
    return len(key) < SHORTEST or len(set(key)) < FEWEST_SYMBOLS or repeats or known


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
