"""What people send and get about accounts: one rule for form, JSON and command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr

from blogapp.accounts.fields import (
    Email,
    NewPassword,
    TokenLife,
    TokenName,
    TypedEmail,
    TypedPassword,
    Username,
    same_as,
)
from blogapp.accounts.profile_fields import Bio, DisplayName, Links, TypedLinks


def _both(kind: str) -> dict[str, Any]:
    """JSON Schema of an object whose e-mail and password are of one type; left out is as good as null."""
    required = {"required": ["email", "password"]} if kind != "null" else {}
    return {"properties": {"email": {"type": kind}, "password": {"type": kind}}, **required}


class Strict(BaseModel):
    """Fields nobody asked for are refused, so that none is believed to have worked. Errors hold no passwords."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Registration(Strict):
    username: Username
    email: Email
    password: NewPassword
    confirm_password: Annotated[SecretStr, same_as("password")]


class Login(Strict):
    email: TypedEmail
    password: TypedPassword
    remember_me: bool = False


class Forgotten(Strict):
    email: TypedEmail


class PasswordReset(Strict):
    password: NewPassword
    confirm_password: Annotated[SecretStr, same_as("password")]


class PasswordChange(Strict):
    current_password: TypedPassword
    new_password: NewPassword
    confirm_password: Annotated[SecretStr, same_as("new_password")]


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


class Profile(Strict):
    """What an account tells of itself; what is left out is empty from then on."""

    display_name: DisplayName = ""
    bio: Bio = ""
    links: Links = []


class ProfileForm(Profile):
    links: TypedLinks = []


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


class ProfileOut(BaseModel):
    username: str = Field(examples=["ada"])
    display_name: str = Field(description="Empty where pages call it by its username.", examples=["Ada Lovelace"])
    bio: str = Field(examples=["Writes about the sea."])
    links: list[str] = Field(examples=[["https://example.org/about"]])
    picture: str | None = Field(
        description="Where the account's picture is, relative to the site: a square, of at most 400 pixels a side.",
        examples=["/media/4b/825dc642cb6eb9a060e54bf8d69288fbee4904e1f1e0d6b0a0f9f2b6c5d3a1.webp"],
    )


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
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # the scheme's name


class TokenList(BaseModel):
    tokens: list[TokenOut]


class Message(BaseModel):
    message: str = Field(description="What was done.", examples=["User deleted"])
