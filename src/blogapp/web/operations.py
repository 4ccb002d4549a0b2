"""What a call of the API takes and can answer: said on its handler, read by the OpenAPI document and the reference."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel
from quart import Response

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

JSON = "application/json"
MARK = "_operation"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may make a call, in words; `anonymous` where one needn't sign in."""

    words: str
    anonymous: bool = False


ANYONE = Access("Anyone.", anonymous=True)
ACCOUNT = Access("Anyone with an account.")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a group of calls is about."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """Decorates a handler, whose docstring is the description. The statuses any call can have are added by themselves."""

    summary: str
    tag: Tag
    answers: type[BaseModel] | None = None
    """None for a document that no schema of ours describes."""
    status: int = 200
    takes: type[BaseModel] | None = None
    takes_as: str = JSON
    """How the body is written."""
    takes_nothing_too: bool = False
    """The body may be left out."""
    access: Access = ANYONE
    refusals: Mapping[int, str] = field(default_factory=dict)
    """What 404, 409 and the like mean here."""
    problems: Mapping[int, type[BaseModel]] = field(default_factory=dict)
    """Problem documents that tell more than others, by status."""
    paged: bool = False
    conditional: bool = False
    """It has an ETag: If-None-Match saves reading it again, If-Match saves overwriting another's change."""
    parameters: tuple[str, ...] = ()
    """Names in `web.parameters` of what it takes beside."""
    location: bool = False
    media_type: str | None = JSON
    """None where the answer has no body."""

    def is_guarded(self, method: str) -> bool:
        """Whether If-Match can keep it from being done: what is only made then has no version yet."""
        return self.conditional and method != "GET" and self.status != 201

    def __call__(self, handler: Handler) -> Handler:
        setattr(handler, MARK, self)
        return handler
