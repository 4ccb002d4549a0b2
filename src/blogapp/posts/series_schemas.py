"""Series as documents, and what authors send of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.posts.fields import SeriesTitle
from blogapp.text import clean_text, visible

MOST_PARTS = 500
LONGEST_DESCRIPTION = 1000


def _kept(given: str) -> str:
    return clean_text(visible(given))


Description = Annotated[
    str,
    StringConstraints(max_length=LONGEST_DESCRIPTION),
    AfterValidator(_kept),
    Field(
        max_length=LONGEST_DESCRIPTION,
        description="What it is about, as plain text.",
        examples=["A year by the sea, one letter a month."],
    ),
]
Order = Annotated[
    list[Annotated[int, Field(ge=1, le=2**31 - 1)]],
    Field(max_length=MOST_PARTS, examples=[[3, 1, 2]], description="Posts of its author, in their order."),
]


class SeriesDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: SeriesTitle
    description: Description = ""


class SeriesChange(BaseModel):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: SeriesTitle | None = None
    description: Description | None = None


class SeriesOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Order


class SeriesMove(BaseModel):
    """A button beside a post of a series."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    post_id: int = Field(ge=1, le=2**31 - 1)
    to: Literal["up", "down", "out"]


class SeriesPart(BaseModel):
    """Where a post stands in its series."""

    id: Id
    title: str = Field(examples=["Letters from the shore"])
    slug: str = Field(examples=["letters-from-the-shore"])
    position: int | None = Field(
        description="Among its listed posts, from 1; null for a post that is not listed.", examples=[2]
    )


class SeriesOut(BaseModel):
    id: Id
    title: str = Field(examples=["Letters from the shore"])
    slug: str = Field(description="Its name in addresses, which stays.", examples=["letters-from-the-shore"])
    description: str = Field(examples=["A year by the sea, one letter a month."])
    author: str = Field(description="The author's username.", examples=["ada"])
    author_id: Id
    count: int = Field(ge=0, description="How many listed posts are in it.", examples=[5])
    url: str = Field(description="Its page, relative to the site.", examples=["/series/letters-from-the-shore"])
    created_at: Moment


class PostOfSeries(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    state: str = Field(description="`published` for all that others see.", examples=["published"])
    url: str = Field(examples=["/posts/1/what-the-tide-left-behind"])


class SeriesWhole(SeriesOut):
    posts: list[PostOfSeries] = Field(description="In its author's order.")


class SeriesList(BaseModel):
    series: list[SeriesOut]
    total: Total
    pages: Pages
    current_page: CurrentPage
