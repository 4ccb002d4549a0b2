"""The words that come with a picture: one rule for form and JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from blogapp.media.models import LONGEST_ALT
from blogapp.text import clean_text


def _one_line(value: str) -> str:
    return " ".join(clean_text(value).split())


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
