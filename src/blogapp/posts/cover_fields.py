"""The cover of a post as authors send it, and as readers get it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, WithJsonSchema

from blogapp.covers import LONGEST_CAPTION
from blogapp.media.fields import Alt
from blogapp.media.names import ADDRESS, mentioned
from blogapp.media.pictures import TYPES
from blogapp.media.schemas import NAME
from blogapp.text import clean_line, visible

LONGEST_ADDRESS = 1000
LARGEST_ID = 2**31 - 1
_ADDRESS = rf"^$|{ADDRESS}[0-9a-f]{{2}}/[0-9a-f]{{62}}\.({'|'.join(TYPES)})$"
NO_PICTURE = "This is no picture of your library."


def _chosen(given: Any) -> int | str | None:
    """An id, or the name that an address holds; None for what a form leaves empty."""
    if given is None or given == "":
        return None
    if isinstance(given, str) and len(given) <= LONGEST_ADDRESS:
        names = mentioned(given)
        if len(names) == 1 and given.endswith(name := names.pop()):
            return name
    if type(given) is int and 1 <= given <= LARGEST_ID:
        return given
    raise ValueError(NO_PICTURE)


CoverChosen = Annotated[
    Any,
    AfterValidator(_chosen),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
                {"type": "string", "maxLength": LONGEST_ADDRESS, "pattern": _ADDRESS},
                {"type": "null"},
            ]
        }
    ),
    Field(
        description="The picture above the text: the id or the `url` of one of your pictures (`/api/media`). "
        "Null for none; left out of a change, it stays.",
        examples=[None],
    ),
]
CoverAlt = Annotated[
    Alt, Field(description="What the cover shows. Empty, it is what the library says; one of both is needed.")
]
Caption = Annotated[
    str,
    StringConstraints(max_length=LONGEST_CAPTION),
    AfterValidator(lambda value: clean_line(visible(value))),
    Field(
        max_length=LONGEST_CAPTION,
        description="Plain text below the cover.",
        examples=["Low tide in May"],
    ),
]


class CoverOut(BaseModel):
    url: str = Field(description="Where the picture is, relative to the site.", examples=[f"/media/{NAME}"])
    srcset: str = Field(
        description="The widths it can be had in, as HTML writes them; empty where there is but one.",
        examples=[f"/media/{NAME[:-4]}.480.webp 480w, /media/{NAME} 1200w"],
    )
    width: int = Field(ge=1, examples=[1200])
    height: int = Field(ge=1, examples=[800])
    alt: str = Field(examples=["A beach at low tide"])
    caption: str = Field(examples=["Low tide in May"])
