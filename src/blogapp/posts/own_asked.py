"""Which of one's own posts a query asks for; the same on the page and in the API."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blogapp.errors import Invalid
from blogapp.posts.models import State
from blogapp.posts.own_queries import Sort, Wanted
from blogapp.web.context import query
from blogapp.web.violations import violations

LONGEST_WORDS = 200


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    state: State | None = None
    q: str = Field("", max_length=LONGEST_WORDS)
    sort: Sort = "newest"


def wanted() -> Wanted:
    """Raises Invalid. An empty `state` is as good as none: a form sends it."""
    given = {name: value for name, value in query().items() if value}
    try:
        asked = _Asked.model_validate(given)
    except ValidationError as error:
        raise Invalid("The query is not valid.", *violations(error)) from None
    return Wanted(asked.state, " ".join(asked.q.replace("\0", " ").split()), asked.sort)
