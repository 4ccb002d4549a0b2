"""The fields of a post as authors send them: one rule for form, JSON and import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo

from blogapp.infra.db import now
from blogapp.posts.models import SCHEDULED, TITLE_COLUMN
from blogapp.tags.fields import LONGEST_FIELD
from blogapp.text import INK, SLUG_LENGTH, clean_line, clean_text, inked, line_pattern, slug, text_pattern, visible

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
        json_schema_extra={"allOf": [{"pattern": line_pattern(SHORTEST_TITLE, TITLE_COLUMN)}, {"pattern": INK}]},
    ),
    AfterValidator(inked),
]
Content = Annotated[
    str,
    AfterValidator(clean_text),
    Field(
        min_length=SHORTEST_CONTENT,
        max_length=LONGEST_CONTENT,
        description="Markdown (CommonMark 0.31 and tables, strikethrough, task lists, footnotes), or plain text.",
        examples=["The sea was out, and the whole beach lay open like a book."],
        json_schema_extra={"allOf": [{"pattern": text_pattern(SHORTEST_CONTENT)}, {"pattern": INK}]},
    ),
    AfterValidator(inked),
]

SeriesTitle = Annotated[
    str,
    StringConstraints(max_length=TITLE_COLUMN),
    AfterValidator(clean_line),
    Field(
        min_length=1,
        max_length=TITLE_COLUMN,
        description="One line.",
        examples=["Letters from the shore"],
        json_schema_extra={"allOf": [{"pattern": line_pattern(1, TITLE_COLUMN)}, {"pattern": INK}]},
    ),
    AfterValidator(inked),
]
SeriesId = Annotated[
    int | None,
    Field(
        ge=0, le=2**31 - 1, description="The series of its author's that it is in; 0 for none of them.", examples=[None]
    ),
]
NewSeries = Annotated[
    SeriesTitle | None,
    Field(description="Instead of `series_id`: by its title; made if its author has none of it.", examples=[None]),
]


LONGEST_TYPED_TITLE = 1000

TypedTitle = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TYPED_TITLE),
    AfterValidator(visible),
    Field(description="As it stands: it may be empty.", examples=["What the ti"]),
]
Typed = Annotated[
    str,
    StringConstraints(max_length=LONGEST_CONTENT),
    AfterValidator(visible),
    Field(description="As it stands: it may be empty.", examples=["The sea was o"]),
]
"""What somebody is still typing: characters that can't be kept are left out of it."""
TypedBeside = Annotated[str, StringConstraints(max_length=LONGEST_FIELD), AfterValidator(visible)]
"""The same of a field of one line."""

FURTHEST = timedelta(days=3653)
"""A post can be scheduled for the next ten years: what is further away is a slip of the keyboard."""
TOO_FAR = "This must be within the next ten years."


def _slug(given: str) -> str:
    """Empty where nothing is left that can stand in an address."""
    made = slug(given)
    return "" if made == "post" and given.strip().casefold() != "post" else made


def _moment(given: Any, info: ValidationInfo) -> Any:
    """JSON's times have an offset; those of a form are in the zone that it names."""
    if not isinstance(given, str):
        return given
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        raise ValueError("Give a date and a time, as in 2030-01-31T08:00.") from None
    if moment.tzinfo is None and "zone" not in info.data:
        raise ValueError("Give the time with its offset from UTC, as in 2030-01-31T08:00:00+01:00.")
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(info.data["zone"]))).astimezone(UTC)
    except OverflowError:
        raise ValueError(TOO_FAR) from None


def _due(moment: datetime | None, info: ValidationInfo) -> datetime | None:
    """Of what appears by itself. A form sends the field with every state, and what it holds then means nothing."""
    state = info.data.get("state")
    if state == SCHEDULED and moment is None:
        raise ValueError("Say when it is to appear.")
    if moment is None or (state != SCHEDULED and "zone" in info.data):
        return None
    if state not in {SCHEDULED, None}:
        raise ValueError("Only a post in the state `scheduled` has a time to appear.")
    if moment <= now():
        raise ValueError("This is in the past: choose a time to come, or publish now.")
    return _soon(moment)


def _soon(moment: datetime | None) -> datetime | None:
    if moment is not None and moment > now() + FURTHEST:
        raise ValueError(TOO_FAR)
    return moment


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    """What a browser names and this machine does not know is not the writer's fault."""
    return name if name in _zones() else "UTC"


Slug = Annotated[
    str,
    StringConstraints(max_length=SLUG_LENGTH),
    AfterValidator(_slug),
    Field(
        max_length=SLUG_LENGTH,
        description="The words in the post's address. Empty or left out, they are made of the title.",
        examples=["what-the-tide-left-behind"],
    ),
]
Sometime = Annotated[datetime | None, BeforeValidator(_moment), AfterValidator(_soon)]
"""Within the next ten years; what is past is due at once."""

Due = Annotated[
    datetime | None,
    BeforeValidator(_moment),
    AfterValidator(_due),
    Field(
        validate_default=True,
        description="When a scheduled post appears: `2030-01-31T08:00:00+01:00`. Null for others.",
        examples=[None],
    ),
]
Zone = Annotated[str, AfterValidator(_zone)]
