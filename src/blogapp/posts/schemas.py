"""What authors send and readers get: one rule for form, JSON and import."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.posts.models import TITLE_COLUMN
from blogapp.text import clean_line, clean_text, line_pattern, text_pattern

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
        description="Plain text; blank lines part paragraphs.",
        examples=["The sea was out, and the whole beach lay open like a book."],
        json_schema_extra={"allOf": [{"pattern": text_pattern(SHORTEST_CONTENT)}]},
    ),
]


class PostDraft(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title
    content: Content


class PostChange(BaseModel):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Title | None = None
    content: Content | None = None


class PostEdit(PostDraft):
    """The edit form: it knows which version it was opened on. Without one, nothing is known to be lost."""

    version: int | None = Field(None, ge=1, le=2**31 - 1)


class PostOut(BaseModel):
    id: Id
    title: str = Field(examples=["What the tide left behind"])
    content: str = Field(examples=["The sea was out, and the whole beach lay open like a book."])
    author: str = Field(description="The author's username.", examples=["ada"])
    author_id: Id
    url: str = Field(
        description="The post's page, relative to the site.", examples=["/posts/1/what-the-tide-left-behind"]
    )
    created_at: Moment
    updated_at: Moment


class PostList(BaseModel):
    posts: list[PostOut]
    total: Total
    pages: Pages
    current_page: CurrentPage
