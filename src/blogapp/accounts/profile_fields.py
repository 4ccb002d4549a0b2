"""What accounts tell of themselves: each field checked and described in one place."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from blogapp import labels
from blogapp.accounts.models import PROFILE_NAME_COLUMN
from blogapp.text import clean_text, visible

LONGEST_BIO = 500
LONGEST_LINK = 200
MOST_LINKS = 5

NO_LINK = "Write the whole address, like https://example.org/about."
TOO_MANY = f"Use at most {MOST_LINKS} links."
TOO_LONG = f"A link has at most {LONGEST_LINK} characters."

_LINK = r"^https?://[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+(:[0-9]{1,5})?([/?#][!#-;=?-~]*)?$"
_WHOLE = re.compile(_LINK)


def _settled(given: list[str]) -> list[str]:
    """Each once. Raises ValueError."""
    if len(given) > MOST_LINKS:
        raise ValueError(TOO_MANY)
    if any(len(one) > LONGEST_LINK for one in given):
        raise ValueError(TOO_LONG)
    if any(not _WHOLE.fullmatch(one) for one in given):
        raise ValueError(NO_LINK)
    return list(dict.fromkeys(given))


def _lines(given: Any) -> Any:
    """One in each line of a form's field."""
    return given.split() if isinstance(given, str) else given


def _shown(given: str) -> str:
    return labels.clean(given)


def _kept(given: str) -> str:
    return clean_text(visible(given))


DisplayName = Annotated[
    str,
    StringConstraints(max_length=PROFILE_NAME_COLUMN),
    AfterValidator(_shown),
    Field(
        max_length=PROFILE_NAME_COLUMN,
        description="What pages call the account instead of its username; empty for the username.",
        examples=["Ada Lovelace"],
    ),
]
Bio = Annotated[
    str,
    StringConstraints(max_length=LONGEST_BIO),
    AfterValidator(_kept),
    Field(max_length=LONGEST_BIO, description="Plain text on the account's page.", examples=["Writes about the sea."]),
]
Links = Annotated[
    list[str],
    AfterValidator(_settled),
    Field(
        description="Where else to find them; their page marks these with `rel=me`.",
        examples=[["https://example.org/about"]],
        json_schema_extra={
            "maxItems": MOST_LINKS,
            "items": {"type": "string", "maxLength": LONGEST_LINK, "pattern": _LINK},
        },
    ),
]
TypedLinks = Annotated[Links, BeforeValidator(_lines)]
