"""What the community's calls take and answer."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.community.models import REPLY, Kind


class Likes(BaseModel):
    likes: int = Field(ge=0, description="How many accounts like it.", examples=[3])
    is_liked: bool = Field(description="Whether yours does.", examples=[True])


class OnList(BaseModel):
    is_saved: bool = Field(description="Whether it is on your reading list.", examples=[True])


class Followed(BaseModel):
    is_followed: bool = Field(description="Whether you follow it from now on.", examples=[True])


class FollowedAuthorOut(BaseModel):
    id: Id
    username: str = Field(examples=["ada"])
    name: str = Field(description="What pages call them.", examples=["Ada Lovelace"])
    url: str = Field(description="Their page, relative to the site.", examples=["/users/ada"])
    followed_at: Moment


class FollowedTagOut(BaseModel):
    name: str = Field(examples=["Low tide"])
    slug: str = Field(examples=["low-tide"])
    url: str = Field(description="Its page, relative to the site.", examples=["/tags/low-tide"])
    followed_at: Moment


class Following(BaseModel):
    """Last followed first."""

    authors: list[FollowedAuthorOut]
    tags: list[FollowedTagOut]


class NoticeOut(BaseModel):
    id: Id
    kind: Kind = Field(
        description="`reply` to a comment or post of yours, `mention` of you in a comment or post, `approval` of a comment of yours that "
        "waited, `follow` by somebody.",
        examples=[REPLY],
    )
    author: str | None = Field(description="Who did it; null for an approval.", examples=["grace"])
    comment_id: Id | None = Field(description="None of a follower, and where a post itself mentions you.", examples=[1])
    post_id: Id | None
    post_title: str | None = Field(examples=["What the tide left behind"])
    excerpt: str | None = Field(
        description="How the comment or post begins.", examples=["I found two of those last summer."]
    )
    url: str = Field(description="What it is about, relative to the site.", examples=["/comments/1"])
    created_at: Moment
    seen_at: Moment | None = Field(description="When you said that you have seen it.")


class NoticeList(BaseModel):
    notifications: list[NoticeOut]
    unseen: int = Field(ge=0, le=100, description="How many are new, counted up to 100.", examples=[1])
    total: Total
    pages: Pages
    current_page: CurrentPage


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    up_to: int = Field(ge=1, le=2**31 - 1, description="The newest notification that you have seen.", examples=[12])


class Unseen(BaseModel):
    unseen: int = Field(ge=0, le=100, description="How many are still new, counted up to 100.", examples=[0])


class Digest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    daily: bool = Field(description="Whether a letter a day tells you of what you have not seen.", examples=[True])
