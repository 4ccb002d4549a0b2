"""What people send and get about accounts: one rule for form, JSON and command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    SecretStr,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from blogapp.accounts.models import EMAIL_COLUMN
from blogapp.accounts.passwords import LONGEST, SHORTEST, is_common
from blogapp.text import clean_line, line_pattern

LONGEST_TYPED = 1000
"""Characters of a password tried at login: accounts taken over may have longer ones than we allow today."""

LONGEST_TOKEN_LIFE = 3650
"""Days."""


def _is_name(value: str) -> str:
    if not all(character.isascii() and (character.isalnum() or character in "_-") for character in value):
        raise PydanticCustomError("username", "Use only the letters A to Z, digits, _ and -.")
    return value


def _is_address(value: str) -> str:
    try:
        found = validate_email(
            value,
            check_deliverability=False,
            globally_deliverable=False,
            allow_smtputf8=False,
            test_environment=True,  # blogs are tried out with addresses of .test (RFC 6761)
        )
    except EmailNotValidError:
        found = None
    if found is None or "." not in found.domain:
        raise PydanticCustomError("email", "This is not a complete e-mail address.")
    return found.normalized


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


def _same_as(other: str) -> AfterValidator:
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
    Field(min_length=3, json_schema_extra={"pattern": "^\\s*[A-Za-z0-9_\\-]{3,20}\\s*$"}, examples=["ada"]),
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
    StringConstraints(max_length=320),
    AfterValidator(str.strip),
    Field(
        min_length=1,
        json_schema_extra={"allOf": [{"pattern": r"\S"}, {"pattern": r"^[^\x00]*$"}]},
        examples=["ada@example.org"],
    ),
    AfterValidator(_is_searchable),
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


def _both(kind: str) -> dict[str, Any]:
    """JSON Schema of an object whose e-mail and password are of one type; left out is as good as null."""
    required = {"required": ["email", "password"]} if kind != "null" else {}
    return {"properties": {"email": {"type": kind}, "password": {"type": kind}}, **required}


class Strict(BaseModel):
    """Fields nobody asked for are refused, so that none is believed to have worked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Registration(Strict):
    username: Username
    email: Email
    password: NewPassword
    confirm_password: Annotated[SecretStr, _same_as("password")]


class Login(Strict):
    email: TypedEmail
    password: TypedPassword
    remember_me: bool = False


class PasswordChange(Strict):
    current_password: TypedPassword
    new_password: NewPassword
    confirm_password: Annotated[SecretStr, _same_as("new_password")]


class EmailChange(Strict):
    email: Email
    current_password: TypedPassword


class AccountDeletion(Strict):
    username: str
    current_password: TypedPassword


class TokenForm(Strict):
    name: TokenName
    expires_in_days: TokenLife | None = None


class NewUser(Strict):
    """An account made by an administrator."""

    username: Username
    email: Email
    password: NewPassword
    is_admin: bool = Field(default=False, description="Whether the account is an administrator's.")


class NewPasswordOnly(Strict):
    password: NewPassword


class UserChange(Strict):
    """What is left out, or null, stays as it is. Only an administrator may change `is_admin`."""

    username: Username | None = None
    email: Email | None = None
    is_admin: bool | None = None


class NewToken(Strict):
    """With e-mail and password, or with neither in a signed-in session."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [_both("string"), _both("null")]})

    email: TypedEmail | None = None
    password: TypedPassword | None = None
    name: TokenName = "API"
    expires_in_days: TokenLife | None = None


Total = Annotated[int, Field(ge=0, description="How many there are in all.", examples=[1])]
Pages = Annotated[int, Field(ge=0, description="How many pages they fill.", examples=[1])]
CurrentPage = Annotated[int, Field(ge=1, description="The page at hand.", examples=[1])]
Id = Annotated[int, Field(ge=1, examples=[1])]
Moment = Annotated[datetime, Field(examples=["2026-11-22T09:30:00+00:00"])]


class UserOut(BaseModel):
    """An account as everybody sees it."""

    id: Id
    username: str = Field(examples=["ada"])
    created_at: Moment


class AccountOut(UserOut):
    """What only the account itself and administrators see."""

    email: str = Field(examples=["ada@example.org"])
    is_admin: bool


class UserShown(RootModel[AccountOut | UserOut]):
    """An account, with more or less of it by who asks."""


class UserList(BaseModel):
    users: list[AccountOut | UserOut]
    total: Total
    pages: Pages
    current_page: CurrentPage


class TokenOut(BaseModel):
    id: Id
    name: str = Field(examples=["API"])
    hint: str = Field(description="The token's last four characters.", examples=["x3Qk"])
    created_at: Moment
    last_used_at: Moment | None = Field(description="Exact to ten minutes.")
    expires_at: Moment | None


class TokenMade(TokenOut):
    token: str = Field(
        description="Shown this once. Send it as `Authorization: Bearer …`.", examples=["blog_pat_J2m0…x3Qk"]
    )
    token_type: Literal["Bearer"] = "Bearer"


class TokenList(BaseModel):
    tokens: list[TokenOut]


class Message(BaseModel):
    message: str = Field(description="What was done.", examples=["User deleted"])
