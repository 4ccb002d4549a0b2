"""One act on many posts, as it is sent and answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from blogapp.posts.fields import Sometime

MOST_AT_ONCE = 100

BulkAct = Literal["draft", "published", "unlisted", "private", "scheduled", "trash", "restore"]
Still = Literal["draft", "published", "unlisted", "private", "scheduled", "trash"]
Ids = Annotated[
    list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1, max_length=MOST_AT_ONCE, examples=[[1, 2]])
]


class Bulk(BaseModel):
    """The same for many posts: all of them or none, unless `still` says which."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Ids
    act: BulkAct = Field(description="The state they are to have, or where they are to go.", examples=["draft"])
    publish_at: Sometime = Field(None, description="Of posts that are to be scheduled.", examples=[None])
    still: Still | None = Field(
        None,
        description="Only those that are in this state, or in the `trash`: what somebody has changed or deleted "
        "meanwhile is left alone.",
        examples=[None],
    )


class BulkUndo(Bulk):
    """What takes something back, to be sent as it is."""


class BulkDone(BaseModel):
    undo: list[BulkUndo] = Field(description="Send these to take back what was done.")
    left: list[int] = Field(description="Which were left alone: they are not as `still` says.", examples=[[]])
