"""The JSON door: one decorator that reads what a call takes and says, for OpenAPI, all it can answer."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import orjson
from pydantic import BaseModel, ValidationError
from quart import Response, request

from blogapp.errors import BadRequest, Invalid, Stale, UnsupportedMediaType, Violation
from blogapp.web.violations import violations

Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])
Model = TypeVar("Model", bound=BaseModel)

JSON = "application/json"
MARK = "_operation"


@dataclass(frozen=True, slots=True)
class Operation:
    """What the OpenAPI document says of one call; `errors` are statuses beside those any call can have."""

    summary: str
    tag: str
    answers: type[BaseModel]
    status: int = 200
    takes: type[BaseModel] | None = None
    errors: tuple[int, ...] = ()
    paged: bool = False
    conditional: bool = False
    location: bool = False
    access: str = "public"
    """public, optional (says more to some), account or admin."""


def operation(described: Operation) -> Callable[[Handler], Handler]:
    """Attach the description; a test sees to it that every API route has one."""

    def decorate(handler: Handler) -> Handler:
        setattr(handler, MARK, described)
        return handler

    return decorate


async def body(model: type[Model], *, optional: bool = False) -> Model:
    """The JSON body as `model`. Raises UnsupportedMediaType, BadRequest (not JSON) or Invalid (not the schema)."""
    raw = cast(bytes, await request.get_data(as_text=False))
    if optional and not raw:
        return model()
    if request.mimetype != JSON and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType(f"Send the body as {JSON}.")
    given = _strict_json(raw)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise Invalid("The body does not fit the schema.", *violations(error)) from None


def answer(document: BaseModel | dict[str, Any], status: int = 200) -> Response:
    """JSON that differs by who asks; caches revalidate it."""
    content = document.model_dump_json().encode() if isinstance(document, BaseModel) else orjson.dumps(document)
    response = Response(content, status, content_type=JSON)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Vary"] = "Cookie, Authorization"
    return response


def entity(document: BaseModel, tag: str, status: int = 200) -> Response:
    """One resource with its strong ETag; 304 without a body when the asker has it already (RFC 9110, 13.1.2)."""
    quoted = f'"{tag}"'
    asked = request.headers.get("If-None-Match")
    if asked and request.method in {"GET", "HEAD"} and (asked.strip() == "*" or quoted in _tags(asked, weak=True)):
        response = answer({}, 304)
        response.set_data(b"")
    else:
        response = answer(document, status)
    response.headers["ETag"] = quoted
    return response


def require_match(tag: str) -> None:
    """Raises Stale when If-Match names another version than the one at hand (RFC 9110, 13.1.1)."""
    asked = request.headers.get("If-Match")
    if asked is not None and asked.strip() != "*" and f'"{tag}"' not in _tags(asked, weak=False):
        raise Stale("This was changed since you read it. Read it again, then repeat your change.")


def _tags(header: str, *, weak: bool) -> set[str]:
    tags = {part.strip() for part in header.split(",")}
    return {tag.removeprefix("W/") for tag in tags} if weak else tags


def _strict_json(raw: bytes) -> Any:
    """JSON by RFC 8259 and no name twice in an object. orjson refuses bad UTF-8, lone surrogates, NaN and depth."""
    try:
        orjson.loads(raw)
        return json.loads(raw, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid("The body names a field twice.", Violation(twice, "Give this field once.", "duplicate"))
    return found
