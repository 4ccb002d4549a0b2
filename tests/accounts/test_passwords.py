"""Passwords: kept well, checked in the same time for everybody, read from where the accounts came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import argon2
import bcrypt
import pytest
from hypothesis import given
from hypothesis import settings as quick
from hypothesis import strategies as some
from pydantic import ValidationError
from werkzeug.security import generate_password_hash

from blogapp.accounts import passwords
from blogapp.accounts.schemas import NewPasswordOnly
from blogapp.settings import Settings
from tests.people import PASSWORD

CHEAP = Settings(blogapp_env="testing", hash_memory=8192)
USUAL = Settings(blogapp_env="testing")


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The hashes Argon2 was asked about."""
    asked: list[str] = []
    verify = argon2.PasswordHasher.verify

    def count(self: Any, hash: str, password: str) -> bool:
        asked.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", count)
    return asked


def test_a_hash_has_the_cost_that_owasp_asks_for():
    kept = passwords.make_hash(USUAL, PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(kept) <= 255


def test_the_same_password_has_another_hash_each_time():
    assert passwords.make_hash(CHEAP, PASSWORD) != passwords.make_hash(CHEAP, PASSWORD)


@pytest.mark.parametrize("kept", [None, passwords.make_hash(CHEAP, "another one")], ids=["nobody", "somebody"])
def test_nobody_and_a_wrong_password_cost_the_same(verifications: list[str], kept: str | None):
    assert passwords.verify(CHEAP, PASSWORD, kept) == (False, None)
    assert len(verifications) == 1
    parameters = argon2.extract_parameters(verifications[0])
    assert parameters == argon2.extract_parameters(passwords.make_hash(CHEAP, PASSWORD))


def test_nobody_has_no_password():
    assert all(passwords.verify(CHEAP, word, None) == (False, None) for word in ("", "nobody", "A" * 32))


def test_the_right_password_is_right_and_its_hash_stays():
    assert passwords.verify(CHEAP, PASSWORD, passwords.make_hash(CHEAP, PASSWORD)) == (True, None)


@pytest.mark.parametrize(
    "kept",
    [
        passwords.make_hash(CHEAP, PASSWORD),
        generate_password_hash(PASSWORD, "scrypt:1024:8:1"),
        generate_password_hash(PASSWORD, "pbkdf2:sha256:1000"),
        bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    ],
    ids=["cheaper", "scrypt", "pbkdf2", "bcrypt"],
)
def test_an_outdated_hash_is_replaced_when_its_password_is_shown(kept: str):
    right, renewed = passwords.verify(USUAL, PASSWORD, kept)
    assert right
    assert renewed is not None
    assert passwords.verify(USUAL, PASSWORD, renewed) == (True, None)
    assert passwords.verify(USUAL, PASSWORD + "x", kept) == (False, None)


@pytest.mark.parametrize(
    "kept",
    [
        "x",
        "plain text",
        "$argon2id$v=19$m=8192,t=2,p=1$x",
        "scrypt:x",
        "scrypt:0:0:0$a$b",
        "pbkdf2:md9$a$b",
        "$2b$04$x",
    ],
)
def test_a_hash_that_is_none_lets_nobody_in(kept: str):
    for password in ("", "x", kept, "plain text"):
        assert passwords.verify(CHEAP, password, kept)[0] is False


@quick(max_examples=15, deadline=None)
@given(some.text(min_size=8, max_size=128))
def test_any_unicode_is_a_password_and_no_character_of_it_is_lost(password: str):
    kept = passwords.make_hash(CHEAP, password)
    assert passwords.verify(CHEAP, password, kept) == (True, None)
    assert passwords.verify(CHEAP, password[:-1], kept) == (False, None)
    assert passwords.verify(CHEAP, password + " ", kept) == (False, None)


@pytest.mark.parametrize("password", ["PASSWORD1", "12345678", "qwertyuiop", "iloveyou1"])
def test_the_commonest_are_refused(password: str):
    with pytest.raises(ValidationError) as refused:
        NewPasswordOnly(password=password)
    assert password not in str(refused.value)


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
def test_a_length_is_counted_in_characters(length: int, fits: bool):
    for character in ("ж", "\U0001f419"):
        password = (character + "x" * length)[:length]
        try:
            NewPasswordOnly(password=password)
        except ValidationError:
            assert not fits
        else:
            assert fits
