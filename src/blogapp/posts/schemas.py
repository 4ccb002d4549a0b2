"""What authors send and readers get: one rule for form, JSON and import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationInfo

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.infra.db import now
from blogapp.posts.models import MARKDOWN, PUBLISHED, SCHEDULED, TITLE_COLUMN, Format, State
from blogapp.text import SLUG_LENGTH, clean_line, clean_text, line_pattern, slug, text_pattern

SHORTEST_TITLE = 5
SHORTEST_CONTENT = 10
LONGEST_CONTENT = 100_000

Title = Annotated[
    str,
    StringConstraints(max_length=TITLE_COLUMN),
    AfterValidator(clean_line),
    Field(
        min_length=SHORTEST_TITLE,
        max_length=TITLE_COLUMN,
        description="One line.",
        examples=["What the tide left behind"],
        json_schema_extra={"allOf": [{"pattern": line_pattern(SHORTEST_TITLE, TITLE_COLUMN)}]},
    ),
]
Content = Annotated[
    str,
    AfterValidator(clean_text),
    Field(
        min_length=SHORTEST_CONTENT,
        max_length=LONGEST_CONTENT,
        description="Markdown (CommonMark 0.31 and tables, strikethrough, task lists, footnotes), or plain text.",
        examples=["The sea was out, and the whole beach lay open like a book."],
        json_schema_extra={"allOf": [{"pattern": text_pattern(SHORTEST_CONTENT)}]},
    ),
]


FURTHEST = timedelta(days=3653)
"""A post can be scheduled for the next ten years: what is further away is a slip of the keyboard."""
TOO_FAR = "This must be within the next ten years."


def _slug(given: str) -> str:
    made = slug(given) if given.strip() else ""
    if given.strip() and made == "post" and given.strip().casefold() != "post":
        raise ValueError("Use at least one letter or digit.")
    return made


def _moment(given: Any, info: ValidationInfo) -> Any:
    """JSON's times have an offset; those of a form are in the zone that it names."""
    if not isinstance(given, str):
        return given
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        raise ValueError("Give a date and a time, as in 2030-01-31T08:00.") from None
    if moment.tzinfo is None and "zone" not in info.data:
        raise ValueError("Give the time with its offset from UTC, as in 2030-01-31T08:00:00+01:00.")
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(info.data["zone"]))).astimezone(UTC)
    except OverflowError:
        raise ValueError(TOO_FAR) from None


def _due(moment: datetime | None, info: ValidationInfo) -> datetime | None:
    """Of what appears by itself. A form sends the field with every state, and what it holds then means nothing."""
    state = info.data.get("state")
    if state == SCHEDULED and moment is None:
        raise ValueError("Say when it is to appear.")
    if moment is None or (state != SCHEDULED and "zone" in info.data):
        return None
    if state not in {SCHEDULED, None}:
        raise ValueError("Only a post in the state `scheduled` has a time to appear.")
    if moment <= now():
        raise ValueError("This is in the past: choose a time to come, or publish now.")
    if moment > now() + FURTHEST:
        raise ValueError(TOO_FAR)
    return moment


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    """What a browser names and this machine does not know is not the writer's fault."""
    return name if name in _zones() else "UTC"


Slug = Annotated[
    str,
    StringConstraints(max_length=SLUG_LENGTH),
    AfterValidator(_slug),
    Field(
        max_length=SLUG_LENGTH,
        description="The words in the post's address. Empty or left out, they are made of the title.",
        examples=["what-the-tide-left-behind"],
    ),
]
Due = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    AfterValidator(_due),
    Field(
        validate_default=True,
        description="When a scheduled post appears.",
        examples=["2030-01-31T08:00:00+00:00"],
    ),
]


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    content: Content
    format: Format = Field(MARKDOWN, description="How `content` is written.")
    slug: Slug = ""
    state: State = Field(PUBLISHED, description="Who sees it: everybody, those who know its address, or its author.")


class PostDraft(Written):
    publish_at: Due = None


class PostChange(BaseModel):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title | None = None
    content: Content | None = None
    format: Format | None = None
    slug: Slug | None = None
    state: State | None = None
    publish_at: Due = None


Zone = Annotated[str, AfterValidator(_zone)]


class PostForm(Written):
    """As a browser sends it: times are in the writer's zone."""

    zone: Zone = "UTC"
    publish_at: Due = None


class PostEdit(BaseModel):
    """The edit form: it knows which version it was opened on. Without one, nothing is known to be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    content: Content
    format: Format | None = None
    slug: Slug = ""
    state: State | None = None
    zone: Zone = "UTC"
    publish_at: Due = None
    version: int | None = Field(None, ge=1, le=2**31 - 1)


class PostOut(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    content: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    author: str = Field(description="The author's username.", examples=["ada"])
    author_id: Id
    format: Format = Field(description="How `content` is written.")
    state: State = Field(description="`published` for all that anybody can list.")
    slug: str = Field(examples=["what-the-tide-left-behind"])
    url: str = Field(
        description="The post's page, relative to the site.", examples=["/posts/1/what-the-tide-left-behind"]
    )
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None = Field(description="When it appeared, or will; null for a draft.")


class PostWhole(PostOut):
    html: str = Field(
        description="`content` as the post's page shows it, safe to put into another page.",
        examples=["<p>The sea was out, and the whole beach lay open like a book.</p>"],
    )


class PostList(BaseModel):
    posts: list[PostOut]
    total: Total
    pages: Pages
    current_page: CurrentPage


class PostInTrash(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    state: State = Field(description="What it will be again once it is taken back.")
    deleted_at: Moment
    gone_at: Moment = Field(description="When it will be deleted for good.")


class Trash(BaseModel):
    posts: list[PostInTrash]
    total: Total
    pages: Pages
    current_page: CurrentPage


class RevisionOut(BaseModel):
    number: Id = Field(description="The post's version that was saved with this text.")
    title: str = Field(examples=["What the tide left behind"])
    saved_at: Moment
    editor: str | None = Field(description="Who saved it; null for an account that is gone.", examples=["ada"])


class RevisionList(BaseModel):
    revisions: list[RevisionOut]
    total: Total
    pages: Pages
    current_page: CurrentPage


class PieceOut(BaseModel):
    """A part of two texts: `same` and `gone` make the older one, `same` and `new` the newer."""

    kind: Literal["same", "gone", "new"]
    text: str = Field(examples=["The sea was "])


class RevisionWhole(BaseModel):
    number: Id
    title: str = Field(examples=["What the tide left behind"])
    content: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    to_present: list[PieceOut] = Field(description="From this text to the present one.")


class Met(BaseModel):
    """In a 412 of a change: what you need to put your text and the saved one together."""

    version: int = Field(description="Of the saved text.", examples=[3])
    etag: str = Field(description="Send it as If-Match with the text that you decide on.", examples=['"post-1-3-ada"'])
    title: str = Field(examples=["What the tide left behind"])
    content: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    merged: str | None = Field(
        description="Both changes in one text, if they are of different paragraphs of what If-Match named; else null."
    )
    difference: list[PieceOut] = Field(description="From the saved text to yours.")
