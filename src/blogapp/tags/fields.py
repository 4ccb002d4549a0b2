"""The tags of a post as authors send them: one rule for form, JSON and import."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from blogapp.labels import HIDDEN, JOINERS, LONGEST, MOST, SEPARATORS, clean, key
from blogapp.text import BLANK, UNKEPT

LONGEST_FIELD = 2000
"""Characters of the form's field: ten tags take a quarter of it."""

TOO_LONG = f"A tag has at most {LONGEST} characters."
TOO_MANY = f"Use at most {MOST} tags."
NO_COMMA = "A tag has no comma in it."
NOTHING = "A tag has at least one character to see."

_SEPARATORS = re.compile(f"[{SEPARATORS}]")
_PATTERN = f"^[^{SEPARATORS}]*[^{SEPARATORS}{HIDDEN}{UNKEPT}{BLANK}{JOINERS}][^{SEPARATORS}]*$"


def _one(given: str) -> str:
    """Raises ValueError."""
    if len(given) > LONGEST:
        raise ValueError(TOO_LONG)
    name = clean(given)
    if not name:
        raise ValueError(NOTHING)
    if _SEPARATORS.search(name):
        raise ValueError(NO_COMMA)
    if len(name) > LONGEST:
        raise ValueError(TOO_LONG)
    return name


def _settled(given: list[str]) -> list[str]:
    """Each tag once, as it is spelled first. Raises ValueError."""
    if len(given) > MOST:
        raise ValueError(TOO_MANY)
    found: dict[str, str] = {}
    for name in map(_one, given):
        found.setdefault(key(name), name)
    return list(found.values())


def _split(given: Any) -> Any:
    """What stands between two commas in a form; nothing is no tag."""
    if not isinstance(given, str):
        return given
    if len(given) > LONGEST_FIELD:
        raise ValueError(TOO_LONG)
    return [part for part in (part.strip() for part in _SEPARATORS.split(given)) if part]


TagName = Annotated[
    str,
    StringConstraints(max_length=LONGEST),
    AfterValidator(_one),
    Field(
        description="One line without a comma. Case, accents, width and spaces don't make another tag.",
        examples=["Low tide"],
        json_schema_extra={"minLength": 1, "allOf": [{"pattern": _PATTERN}]},
    ),
]
Tags = Annotated[
    list[str],
    AfterValidator(_settled),
    Field(
        description=f"Up to {MOST}. What differs in case, accents, width or spaces only is one tag, spelled as it was first.",
        examples=[["Low tide", "Sea"]],
        json_schema_extra={
            "maxItems": MOST,
            "items": {"type": "string", "minLength": 1, "maxLength": LONGEST, "allOf": [{"pattern": _PATTERN}]},
        },
    ),
]
TypedTags = Annotated[Tags, BeforeValidator(_split)]
"""As a form sends them: in one line, parted by commas."""
