"""What is sent and given of pictures."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from blogapp.accounts.schemas import CurrentPage, Id, Moment, Pages, Total
from blogapp.media.fields import Alt

NAME = "4b/825dc642cb6eb9a060e54bf8d69288fbee4904e1f1e0d6b0a0f9f2b6c5d3a1.jpg"


class PortraitUpload(BaseModel):
    """A form, multipart/form-data. The file goes to disk before anybody looks at this."""

    file: Annotated[
        str,
        Field(
            description="JPEG, PNG, WebP, GIF or AVIF, whatever it is called.",
            json_schema_extra={"format": "binary"},
            examples=["@beach.jpg"],
        ),
    ]


class MediaUpload(PortraitUpload):
    __doc__ = PortraitUpload.__doc__

    alt: Alt = ""


class MediaWords(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    alt: Alt = ""


class MediaChange(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    alt: Alt


class MediaUseOut(BaseModel):
    post_id: Id
    title: str = Field(examples=["What the tide left behind"])
    url: str = Field(examples=["/posts/1/what-the-tide-left-behind"])


class MediaOut(BaseModel):
    id: Id
    url: str = Field(
        description="Where the picture is, relative to the site. It never changes, and can be kept for ever.",
        examples=[f"/media/{NAME}"],
    )
    markdown: str = Field(
        description="What shows it in a post.",
        examples=[f"![A beach at low tide](/media/{NAME})"],
    )
    alt: str = Field(examples=["A beach at low tide"])
    type: str = Field(description="Its media type as it is kept.", examples=["image/jpeg"])
    width: int = Field(ge=1, examples=[1200])
    height: int = Field(ge=1, examples=[800])
    bytes: int = Field(ge=1, examples=[183000])
    srcset: str = Field(
        description="The widths it can be had in, as HTML writes them; empty where there is but one. Until they are "
        "made, their addresses give the whole picture.",
        examples=[f"/media/{NAME[:-4]}.480.webp 480w, /media/{NAME} 1200w"],
    )
    created_at: Moment
    used_in: list[MediaUseOut] = Field(
        description="The owner's posts, also with others, whose text names it now; those in the trash left out."
    )
    is_portrait: bool = Field(description="Whether it is the picture of its owner's profile.")
    used_elsewhere: int = Field(
        ge=0, description="How many other texts hold it: of others, in the trash, or earlier revisions.", examples=[0]
    )


class MediaList(BaseModel):
    media: list[MediaOut]
    total: Total
    pages: Pages
    current_page: CurrentPage
