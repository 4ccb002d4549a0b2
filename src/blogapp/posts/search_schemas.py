"""What a search finds, as JSON."""

from __future__ import annotations

from pydantic import BaseModel, Field

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.posts.models import PUBLISHED, State


class FoundPost(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    author: str = Field(description="The author's username.", examples=["ada"])
    author_id: Id
    authors: list[str] = Field(
        description="Usernames of all who wrote it, `author` first.", examples=[["ada", "grace"]]
    )
    state: State = Field(description="Your own are found in each state.", examples=[PUBLISHED])
    tags: list[str] = Field(examples=[["Low tide", "Sea"]])
    url: str = Field(examples=["/posts/1/what-the-tide-left-behind"])
    published_at: Moment | None
    title_html: str = Field(
        description="The title with the hits in `<mark>`, safe to put into a page.",
        examples=["What the <mark>tide</mark> left behind"],
    )
    snippet_html: str = Field(
        description="A part of the text with most of the hits, in the same way.",
        examples=["… before the <mark>tide</mark> came back …"],
    )


class SearchResults(BaseModel):
    posts: list[FoundPost] = Field(description="Best first.")
    total: Total
    has_more: bool = Field(
        description="Whether more were found than `total`, which is 500 at most: the newest are compared.",
        examples=[False],
    )
    pages: Pages
    current_page: CurrentPage
