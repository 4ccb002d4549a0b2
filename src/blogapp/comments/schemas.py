"""What commenters send and readers get: one rule for form and JSON."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.comments.markdown import LONGEST
from blogapp.comments.models import LONGEST_REASON, SHOWN, State
from blogapp.text import INK, clean_line, clean_text, free_line_pattern, text_pattern

_INK = re.compile(INK)
EXAMPLE = "I found *two* of those last summer."


def _said(value: str) -> str:
    """Raises ValueError where there is nothing to read."""
    cleaned = clean_text(value)
    if not _INK.search(cleaned):
        raise ValueError("Please write something.")
    return cleaned


Said = Annotated[
    str,
    Field(max_length=LONGEST),
    AfterValidator(_said),
    Field(
        min_length=1,
        description="Markdown, a part of it.",
        examples=[EXAMPLE],
        json_schema_extra={"allOf": [{"pattern": text_pattern(1)}, {"pattern": INK}]},
    ),
]


class CommentDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    content: Said
    reply_to: int | None = Field(None, ge=1, le=2**31 - 1, description="The comment it answers.", examples=[None])
    tells: bool = Field(False, description="Whether you want a letter when others comment on the post, too.")


class CommentForm(CommentDraft):
    """As a browser sends it."""

    website: str = ""
    """A field that people don't see. Programs that fill in everything fill it in."""


class CommentChange(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    content: Said


class ReportDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(clean_line)] = Field(
        "",
        description="Why it should not be there.",
        examples=["It advertises something."],
        json_schema_extra={"allOf": [{"pattern": free_line_pattern()}]},
    )


class CommentOut(BaseModel):
    id: Id
    post_id: Id
    parent_id: Id | None = Field(description="The comment it answers.")
    state: State = Field(
        description="`shown` to everybody; `waiting` and `hidden` to its writer and those who may show it; "
        "`deleted` ones hold their replies together.",
        examples=[SHOWN],
    )
    author: str | None = Field(description="The writer's username; null for one that is deleted.", examples=["grace"])
    author_id: Id | None
    content: str = Field(examples=[EXAMPLE])
    html: str = Field(
        description="The same as pages show it, safe to put into another page.",
        examples=["<p>I found <em>two</em> of those last summer.</p>"],
    )
    url: str = Field(description="Its place, relative to the site.", examples=["/comments/1"])
    created_at: Moment
    edited_at: Moment | None


class SaidComment(CommentOut):
    depth: int = Field(
        ge=0,
        description="How many comments before it in this list it is an answer to, one through the other.",
        examples=[0],
    )


class CommentList(BaseModel):
    """`total`, `pages` and `per_page` count comments that begin a thread; each comes with its replies."""

    comments: list[SaidComment] = Field(description="Each followed by its replies.")
    more_answers: bool = Field(description="Whether there are more replies to them, by `answers`.", examples=[False])
    is_open: bool = Field(description="Whether more can be said.", examples=[True])
    total: Total
    pages: Pages
    current_page: CurrentPage


class CommentLetters(BaseModel):
    letters: bool = Field(
        description="Whether you get a letter about each new comment under the post.", examples=[True]
    )
    waits: bool = Field(description="Whether they begin once you have confirmed your address.", examples=[False])


class ModeratedComment(CommentOut):
    post_title: str = Field(examples=["What the tide left behind"])
    reports: int = Field(ge=0, description="How many accounts have reported it.", examples=[0])
    reasons: list[str] = Field(description="What they gave as reasons.", examples=[[]])


class Moderation(BaseModel):
    comments: list[ModeratedComment]
    total: Total
    pages: Pages
    current_page: CurrentPage


Waiting = Literal["waiting", "reported"]
ALL_WAITING: tuple[Waiting, ...] = ("waiting", "reported")
