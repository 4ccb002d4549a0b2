"""The fields of accounts and tokens: what each may hold, checked and described in one place."""

from __future__ import annotations

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from blogapp.accounts.models import EMAIL_COLUMN
from blogapp.accounts.passwords import LONGEST, SHORTEST, is_common
from blogapp.text import clean_line, line_pattern, padded_pattern

LONGEST_TYPED = 1000
"""Characters of a password tried at login: accounts taken over may have longer ones than we allow today."""

LONGEST_TOKEN_LIFE = 3650
"""Days."""


def _is_name(value: str) -> str:
    if not all(character.isascii() and (character.isalnum() or character in "_-") for character in value):
        raise PydanticCustomError("username", "Use only the letters A to Z, digits, _ and -.")
    return value


def spelt_our_way(value: str) -> str | None:
    """The address as we keep it: Unicode domain in lower case. None when it is no complete address."""
    try:
        found = validate_email(
            value,
            check_deliverability=False,
            globally_deliverable=False,
            allow_smtputf8=False,
            test_environment=True,  # blogs are tried out with addresses of .test (RFC 6761)
        )
    except EmailNotValidError:
        return None
    return found.normalized if "." in found.domain else None


def _is_address(value: str) -> str:
    address = spelt_our_way(value)
    if address is None:
        raise PydanticCustomError("email", "This is not a complete e-mail address.")
    if len(address) > EMAIL_COLUMN:
        raise PydanticCustomError("email", f"This address is longer than {EMAIL_COLUMN} characters when written out.")
    return address


def _is_uncommon(value: SecretStr) -> SecretStr:
    if is_common(value.get_secret_value()):
        raise PydanticCustomError("common_password", "This is one of the commonest passwords. Choose another.")
    return value


def _is_unicode(value: SecretStr) -> SecretStr:
    if any("\ud800" <= character <= "\udfff" for character in value.get_secret_value()):
        raise PydanticCustomError("string_unicode", "This holds characters that are not valid Unicode.")
    return value


def _is_searchable(value: str) -> str:
    """PostgreSQL has no text with a NUL in it."""
    if "\0" in value:
        raise PydanticCustomError("nul", "This holds a character that no address has.")
    return value


def same_as(other: str) -> AfterValidator:
    """A field typed twice. Says nothing while the other one is itself refused."""

    def check(value: SecretStr, info: ValidationInfo) -> SecretStr:
        if other in info.data and info.data[other] != value:
            raise PydanticCustomError("mismatch", "Passwords must match")
        return value

    return AfterValidator(check)


Username = Annotated[
    str,
    StringConstraints(max_length=20),
    AfterValidator(str.strip),
    AfterValidator(_is_name),
    Field(min_length=3, json_schema_extra={"pattern": padded_pattern(r"[A-Za-z0-9_\-]{3,20}")}, examples=["ada"]),
]
Email = Annotated[
    str,
    StringConstraints(max_length=EMAIL_COLUMN),
    AfterValidator(str.strip),
    AfterValidator(_is_address),
    Field(json_schema_extra={"format": "email"}, examples=["ada@example.org"]),
]
NewPassword = Annotated[
    SecretStr,
    Field(
        min_length=SHORTEST,
        max_length=LONGEST,
        description="None of the commonest passwords.",
        examples=["correct horse battery staple"],
    ),
    AfterValidator(_is_unicode),
    AfterValidator(_is_uncommon),
]
TypedPassword = Annotated[
    SecretStr,
    Field(min_length=1, max_length=LONGEST_TYPED, examples=["correct horse battery staple"]),
    AfterValidator(_is_unicode),
]
TypedEmail = Annotated[
    str,
    StringConstraints(min_length=1, max_length=320),
    AfterValidator(str.strip),
    AfterValidator(_is_searchable),
    Field(json_schema_extra={"allOf": [{"pattern": r"^[^\x00]*$"}]}, examples=["ada@example.org"]),
]
"""Only looked up, never judged: addresses taken over from a Flask database may break today's rules."""
TokenName = Annotated[
    str,
    StringConstraints(max_length=80),
    AfterValidator(clean_line),
    Field(
        min_length=1,
        max_length=80,
        description="Tells your tokens apart.",
        examples=["backup script"],
        json_schema_extra={"allOf": [{"pattern": line_pattern(1, 80)}]},
    ),
]
TokenLife = Annotated[
    int,
    Field(ge=1, le=LONGEST_TOKEN_LIFE, description="Days until it expires; never if left out.", examples=[90]),
]
