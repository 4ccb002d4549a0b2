"""The words that come with a picture: one rule for form and JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from blogapp.media.models import LONGEST_ALT
from blogapp.text import clean_line, visible


def _one_line(value: str) -> str:
    """What nobody could see or find is left out: a picture is not refused for it."""
    return clean_line(visible(value))


Alt = Annotated[
    str,
    StringConstraints(max_length=LONGEST_ALT),
    AfterValidator(_one_line),
    Field(
        max_length=LONGEST_ALT,
        description="What the picture shows, for those who can't see it. Empty for one that only adorns.",
        examples=["A beach at low tide"],
    ),
]
