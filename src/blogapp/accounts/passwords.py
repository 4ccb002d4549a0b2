"""Passwords: what is acceptable, how they are kept, and how those of the Flask application are read.

Argon2id with the parameters of the OWASP password storage cheat sheet. Hashes of Werkzeug (scrypt, PBKDF2) and
bcrypt are verified and marked for renewal.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher
from werkzeug.security import check_password_hash, generate_password_hash

from blogapp.settings import Settings

SHORTEST = 8
LONGEST = 128
BCRYPT_BYTES = 72
"""bcrypt reads no further; the applications that made such hashes cut there too."""

TIME_COST = 2
"""Passes over the memory."""

COMMONEST = Path(__file__).parent / "common_passwords" / "passwords.txt"


class WerkzeugHasher(HasherProtocol):
    @classmethod
    def identify(cls, hash: str | bytes) -> bool:
        text = hash.decode() if isinstance(hash, bytes) else hash
        return text.startswith(("scrypt:", "pbkdf2:"))

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:  # noqa: ARG002  # the protocol's signature
        return generate_password_hash(_text(password))

    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        return check_password_hash(_text(hash), _text(password))

    def check_needs_rehash(self, hash: str | bytes) -> bool:  # noqa: ARG002  # the protocol's signature
        return True


class CutBcryptHasher(BcryptHasher):
    def verify(self, password: str | bytes, hash: str | bytes) -> bool:
        return super().verify(_text(password).encode()[:BCRYPT_BYTES], hash)


@lru_cache
def hasher(memory: int) -> PasswordHash:
    """`memory` is in KiB for one hash."""
    argon2 = Argon2Hasher(time_cost=TIME_COST, memory_cost=memory, parallelism=1)
    return PasswordHash((argon2, WerkzeugHasher(), CutBcryptHasher()))


def make_hash(settings: Settings, password: str) -> str:
    return hasher(settings.hash_memory).hash(password)


def verify(settings: Settings, password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether it is the password, and a new hash when the kept one should be replaced.

    Takes as long when there is no account (`kept` is None), or no hash we can read, so that time tells nobody who has
    one. Hashes of the Flask application take longer until their owner's next sign-in replaces them.
    """
    known = hasher(settings.hash_memory)
    try:
        return known.verify_and_update(password, kept or _dummy(settings.hash_memory))
    except (PwdlibError, ValueError, TypeError):
        return known.verify(password, _dummy(settings.hash_memory)), None


def is_common(password: str) -> bool:
    return password.lower() in _commonest()


def _dummy(memory: int) -> str:
    """No password's hash, but it costs as much as one to find that out."""
    return f"$argon2id$v=19$m={memory},t={TIME_COST},p=1$" + "A" * 22 + "$" + "A" * 43


@lru_cache
def _commonest() -> frozenset[str]:
    return frozenset(COMMONEST.read_text().split("\n"))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
