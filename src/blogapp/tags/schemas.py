"""Tags as documents, and what administrators send of them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from blogapp.accounts.schemas import CurrentPage, Pages, Total
from blogapp.tags.fields import TagName
from blogapp.text import SLUG_LENGTH


class TagOut(BaseModel):
    name: str = Field(examples=["Low tide"])
    slug: str = Field(description="Its name in addresses.", examples=["low-tide"])
    count: int = Field(ge=0, description="How many listed posts have it.", examples=[12])
    url: str = Field(description="The page that lists them, relative to the site.", examples=["/tags/low-tide"])


class TagList(BaseModel):
    tags: list[TagOut]
    total: Total
    pages: Pages
    current_page: CurrentPage


class TagChange(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: TagName


class TagMerge(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    into: str = Field(
        min_length=1,
        max_length=SLUG_LENGTH,
        description="The `slug` of the tag that is to have the posts of both.",
        examples=["tides"],
    )
