"""JSON that comes in, and JSON that goes out with what caches and later changes need to know."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TypeVar, cast

import orjson
from pydantic import BaseModel, ValidationError
from quart import Response, request
from werkzeug.http import parse_etags

from blogapp.errors import BadRequest, Invalid, Stale, UnsupportedMediaType, Violation
from blogapp.web.operations import JSON
from blogapp.web.violations import violations

Model = TypeVar("Model", bound=BaseModel)

REVALIDATED = {"Cache-Control": "no-cache", "Vary": "Cookie, Authorization"}
HEADERS = {"Content-Type": JSON, **REVALIDATED}

MOST_NAMES = 100
"""In one object: no schema of ours has more, and each unknown one costs a line of the refusal."""


async def body(model: type[Model], *, optional: bool = False) -> Model:
    """The JSON body as `model`; "1" is no number there and 1 is not true. Raises UnsupportedMediaType, BadRequest (not JSON) or Invalid (not the schema)."""
    raw = cast(bytes, await request.get_data(as_text=False))
    if optional and not raw:
        return model()
    if request.mimetype != JSON and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaType(f"Send the body as {JSON}.")
    given = _strict_json(raw)
    try:
        return model.model_validate(given, strict=True)
    except ValidationError as error:
        raise Invalid("The body does not fit the schema.", *violations(error)) from None


def answer(document: BaseModel | dict[str, Any], status: int = 200) -> Response:
    """JSON that differs by who asks; caches revalidate it."""
    return Response(orjson.dumps(document, default=_fields), status, HEADERS)


def entity(document: BaseModel | dict[str, Any], tag: str, status: int = 200) -> Response:
    """One resource with its strong ETag; 304 without a body when the asker has it already (RFC 9110, 13.1.2)."""
    response = not_modified(REVALIDATED) if is_known(tag) else answer(document, status)
    response.headers["ETag"] = f'"{tag}"'
    return response


def is_known(tag: str) -> bool:
    """Whether the asker only wants to read something newer than this version, which it has."""
    asked = request.headers.get("If-None-Match")
    return asked is not None and request.method in {"GET", "HEAD"} and parse_etags(asked).contains_weak(tag)


def not_modified(headers: dict[str, str] | None = None) -> Response:
    response = Response("", 304, headers)
    del response.headers["Content-Type"]
    return response


def require_match(tag: str) -> None:
    """Raises Stale when the request is for other versions than the one at hand (RFC 9110, 13.1.1 and 13.1.2)."""
    matches = "If-Match" not in request.headers or request.if_match.contains(tag)
    if not matches or request.if_none_match.contains_weak(tag):
        raise Stale("This was changed since you read it. Read it again, then repeat your change.")


def _fields(model: BaseModel) -> dict[str, Any]:
    """Orjson writes times with their offset, as the Flask application did, where pydantic writes "Z"."""
    return model.__dict__


def _strict_json(raw: bytes) -> Any:
    """JSON by RFC 8259 and no name twice in an object. orjson refuses bad UTF-8, lone surrogates, NaN and depth."""
    try:
        orjson.loads(raw)
        return json.loads(raw, object_pairs_hook=_unique, parse_float=_number)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None


def _number(text: str) -> float:
    """1.0 is a whole number to JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises Invalid for a name given twice. What this costs must not grow faster than the body."""
    if len(pairs) > MOST_NAMES:
        raise BadRequest(f"The body has an object with more than {MOST_NAMES} names.")
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Invalid("The body names a field twice.", Violation(twice, "Give this field once.", "duplicate"))
    return found
