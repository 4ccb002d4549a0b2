"""Who writes a post together, as documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from blogapp.accounts.schemas import Id, Moment

LONGEST_NAME = 80
"""As long as a username can be in a database that was taken over."""

Guest = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME),
    Field(description="Who is to write along.", examples=["grace"]),
]


class Invitation(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    username: Guest


class AuthorOut(BaseModel):
    username: str = Field(examples=["grace"])
    user_id: Id
    accepted_at: Moment | None = Field(description="Null while the invitation is open, and for the first author.")
    invited_at: Moment | None = Field(description="Null for the first author.")


class AuthorList(BaseModel):
    authors: list[AuthorOut] = Field(description="The first author, then those who were invited, in that order.")


class InvitationOut(BaseModel):
    post_id: Id
    title: str = Field(examples=["What the tide left behind"])
    author: str = Field(description="The first author's username.", examples=["ada"])
    invited_at: Moment


class InvitationList(BaseModel):
    invitations: list[InvitationOut] = Field(description="Oldest first.")
