"""What stands around a post, as documents."""

from __future__ import annotations

from pydantic import BaseModel, Field

from blogapp.accounts.schemas import Id, Moment


class PostBeside(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    url: str = Field(description="Its page, relative to the site.", examples=["/posts/1/what-the-tide-left-behind"])


class PostRelated(PostBeside):
    author: str = Field(description="The author's username.", examples=["ada"])
    published_at: Moment


class Around(BaseModel):
    older: PostBeside | None = Field(
        description="What appeared before it; null for the first, and for what no list shows."
    )
    newer: PostBeside | None = Field(description="What appeared after it.")
    related: list[PostRelated] = Field(
        description="At most three that have most tags in common with it, the newer first of equals."
    )
