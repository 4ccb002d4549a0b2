"""Random secrets that clients hold and of which we keep only the digest."""

from __future__ import annotations

import secrets
from hashlib import sha256

TOKEN_PREFIX = "blog_pat_"  # noqa: S105  # it is the same for everybody
"""Lets secret scanners recognise a token that was published by mistake."""

SECRET_BYTES = 32


def new_secret() -> str:
    """256 random bits in URL-safe base64."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_token() -> str:
    return TOKEN_PREFIX + new_secret()


def digest(secret: str) -> str:
    """Hexadecimal SHA-256: fast is right for a secret that nobody can guess."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
