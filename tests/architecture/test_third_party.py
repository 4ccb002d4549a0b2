"""Data of other people that comes along is what its note says it is, and brings its licence."""

from __future__ import annotations

import hashlib
import re

from blogapp.accounts import passwords

FOLDER = passwords.COMMONEST.parent


def test_the_list_of_common_passwords_is_the_one_described() -> None:
    note = (FOLDER / "README.md").read_text()
    digests = re.findall(r"`([0-9a-f]{64})`", note)
    assert hashlib.sha256(passwords.COMMONEST.read_bytes()).hexdigest() == digests[0]
    assert "MIT" in note
    assert (FOLDER / "LICENSE").read_text().strip()


def test_the_list_of_common_passwords_is_as_its_note_says() -> None:
    words = passwords.COMMONEST.read_text().split()
    assert all(len(word) >= passwords.SHORTEST and word == word.lower() for word in words)
    assert f"{len(words):,} words" in (FOLDER / "README.md").read_text()
