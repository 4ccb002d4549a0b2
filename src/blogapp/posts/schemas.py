"""What authors send and readers get: one rule for form, JSON and import."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.posts.cover_fields import Caption, CoverAlt, CoverChosen, CoverOut
from blogapp.posts.fields import (
    Content,
    Due,
    NewSeries,
    SeriesId,
    Slug,
    Title,
    Typed,
    TypedBeside,
    TypedTitle,
    Zone,
)
from blogapp.posts.models import MARKDOWN, PUBLISHED, Format, State
from blogapp.posts.series_schemas import SeriesPart
from blogapp.tags.fields import Tags, TypedTags


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    content: Content
    format: Format = Field(MARKDOWN, description="How `content` is written.", examples=[MARKDOWN])
    slug: Slug = ""
    state: State = Field(
        PUBLISHED,
        examples=[PUBLISHED],
        description="Who sees it: everybody, those who know its address, or its author.",
    )
    tags: Tags = []
    series_id: SeriesId = None
    new_series: NewSeries = None
    cover: CoverChosen = None
    cover_alt: CoverAlt = ""
    cover_caption: Caption = ""


class PostDraft(Written):
    publish_at: Due = None


class PostChange(BaseModel):
    """What is left out, or null, stays as it is; only `cover` is taken away by null."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title | None = None
    content: Content | None = None
    format: Format | None = Field(None, examples=[MARKDOWN])
    slug: Slug | None = None
    state: State | None = Field(None, examples=[PUBLISHED])
    tags: Tags | None = None
    series_id: SeriesId = None
    new_series: NewSeries = None
    cover: CoverChosen = None
    cover_alt: CoverAlt | None = None
    cover_caption: Caption | None = None
    publish_at: Due = None


class PostForm(Written):
    """As a browser sends it: times are in the writer's zone."""

    tags: TypedTags = []
    zone: Zone = "UTC"
    publish_at: Due = None
    copy_id: int | None = Field(None, ge=1, le=2**31 - 1)


class PostEdit(BaseModel):
    """The edit form: it knows which version it was opened on. Without one, nothing is known to be lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    may_be_emptied: ClassVar[frozenset[str]] = frozenset({"tags", "cover", "cover_alt", "cover_caption"})

    title: Title
    content: Content
    format: Format | None = None
    slug: Slug = ""
    state: State | None = None
    tags: TypedTags | None = None
    series_id: SeriesId = None
    new_series: NewSeries = None
    cover: CoverChosen = None
    cover_alt: CoverAlt | None = None
    cover_caption: Caption | None = None
    zone: Zone = "UTC"
    publish_at: Due = None
    version: int | None = Field(None, ge=1, le=2**31 - 1)
    opened: str = ""


class PostOut(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    content: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    author: str = Field(description="The author's username.", examples=["ada"])
    author_id: Id
    authors: list[str] = Field(
        description="Usernames of all who wrote it, `author` first.", examples=[["ada", "grace"]]
    )
    format: Format = Field(description="How `content` is written.", examples=[MARKDOWN])
    state: State = Field(description="`published` for all that anybody can list.", examples=[PUBLISHED])
    tags: list[str] = Field(description="In the order its author gave.", examples=[["Low tide", "Sea"]])
    cover: CoverOut | None = Field(description="The picture above the text.")
    slug: str = Field(examples=["what-the-tide-left-behind"])
    url: str = Field(
        description="The post's page, relative to the site.", examples=["/posts/1/what-the-tide-left-behind"]
    )
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None = Field(description="When it appeared, or will; null for a draft.")


class PostWhole(PostOut):
    series: SeriesPart | None = Field(description="What it is a part of.")
    pinned: bool = Field(description="Whether it stays on top of the home page.")
    reading_minutes: int = Field(ge=1, description="Minutes it takes to read.", examples=[4])
    html: str = Field(
        description="`content` as the post's page shows it, safe to put into another page.",
        examples=["<p>The sea was out, and the whole beach lay open like a book.</p>"],
    )


class OwnPostOut(BaseModel):
    """A post as the dashboard of each of its authors lists it."""

    id: Id
    title: str = Field(examples=["What the tide left behind"])
    authors: list[str] = Field(description="Usernames of all who write it.", examples=[["ada", "grace"]])
    state: State = Field(examples=[PUBLISHED])
    excerpt: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    url: str = Field(examples=["/posts/1/what-the-tide-left-behind"])
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None


class WaitingPost(BaseModel):
    """The first of `number` posts that wait in the same way."""

    id: Id
    title: str = Field(examples=["What the tide left behind"])
    at: Moment
    number: int = Field(ge=1, examples=[1])


class WaitingOut(BaseModel):
    next_scheduled: WaitingPost | None = Field(description="`at` is when it appears.")
    untouched_draft: WaitingPost | None = Field(
        description="A draft that nobody has changed for two weeks; `at` is when it was changed last."
    )
    unsaved: int = Field(ge=0, description="Texts that were typed and not saved: see `/api/copies`.", examples=[0])
    comments: int = Field(ge=0, description="Under your posts, to be looked at: see `/api/comments`.", examples=[0])
    undescribed_pictures: int = Field(ge=0, description="Pictures without a description.", examples=[2])
    invitations: int = Field(ge=0, le=100, description="To write along: see `/api/invitations`.", examples=[1])


class Dashboard(BaseModel):
    waiting: WaitingOut = Field(description="What waits for you.")
    posts: list[OwnPostOut]
    counts: dict[str, int] = Field(
        description="How many there are in each state, and in the `trash`.", examples=[{"published": 8, "draft": 2}]
    )
    total: Total
    pages: Pages
    current_page: CurrentPage


class PostLink(BaseModel):
    url: str = Field(
        description="Of the post's page, with the key that opens it to whoever has this link.",
        examples=["/posts/1/what-the-tide-left-behind?key=J2m0cG9zdCBpcyBzaGFyZQ"],
    )


class PostList(BaseModel):
    posts: list[PostOut]
    total: Total
    pages: Pages
    current_page: CurrentPage


class PostInTrash(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    state: State = Field(description="What it will be again once it is taken back.", examples=[PUBLISHED])
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


class Seen(BaseModel):
    version: int | None = Field(None, ge=1, le=2**31 - 1)


class PieceOut(BaseModel):
    """A part of two texts: `same` and `gone` make the older one, `same` and `new` the newer."""

    kind: Literal["same", "gone", "new"] = Field(examples=["same"])
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
        description="Both changes in one text, if they are of different paragraphs of what If-Match named; else null.",
        examples=["The sea was out, and the whole beach lay open like a book."],
    )
    difference: list[PieceOut] = Field(description="From the saved text to yours.")


class Beside(BaseModel):
    """Fields of the form beside title and text, as they stand; null for those it doesn't have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tags: TypedBeside | None = Field(None, description="Parted by commas.", examples=["Sea, Low t"])
    slug: TypedBeside | None = Field(None, examples=[""])
    series_id: TypedBeside | None = Field(None, examples=[""])
    new_series: TypedBeside | None = Field(None, examples=[""])
    cover: TypedBeside | None = Field(None, description="Its address.", examples=[""])
    cover_alt: TypedBeside | None = Field(None, examples=[""])
    cover_caption: TypedBeside | None = Field(None, examples=[""])


class CopyDraft(BaseModel):
    """A text as it is being typed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: TypedTitle = ""
    content: Typed = ""
    beside: Beside | None = Field(None, description="Left out, what was kept of them stays.")
    post_id: int | None = Field(None, ge=1, le=2**31 - 1, description="Of which post; read when it is begun.")
    base_version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The version of the post that it is made of.", examples=[3]
    )
    number: int | None = Field(None, ge=0, le=2**31 - 1, description="How often it was saved, as far as you know.")


class CopyOut(BaseModel):
    id: Id
    post_id: Id | None
    title: str = Field(examples=["What the ti"])
    content: str = Field(examples=["The sea was o"])
    beside: Beside
    base_version: int | None = Field(examples=[3])
    number: int = Field(description="How often it was saved.", examples=[7])
    saved_at: Moment


class CopyList(BaseModel):
    copies: list[CopyOut]


class Here(BaseModel):
    version: int = Field(description="The post's present version.", examples=[3])
    others: list[str] = Field(description="Who has it open, too.", examples=[["grace"]])


class Preview(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    content: Typed
    cover: TypedBeside = Field("", description="The `url` of a picture.", examples=[""])
    cover_alt: TypedBeside = ""
    cover_caption: TypedBeside = ""


class Previewed(BaseModel):
    html: str = Field(examples=["<p>The sea was out.</p>"])
    cover: CoverOut | None = Field(description="The picture above it; null where there is none of that `url`.")


class Two(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    old: Typed
    new: Typed


class Compared(BaseModel):
    difference: list[PieceOut]
