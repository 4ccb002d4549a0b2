"""What a call can answer: its success, and each refusal with the headers it carries."""

from __future__ import annotations

from typing import Any

from blogapp.web import kinds, problems
from blogapp.web.examples import REFERENCE
from blogapp.web.kinds import Kind
from blogapp.web.operations import Operation

Answer = dict[str, Any]

ANY_CALL = (400, 401, 408, 413, 414, 429, 431, 500, 503, 504)
"""Refusals of the edge, of a bad token, of the limits, of broken parts and of a proxy: every call can have them."""

DESCRIPTIONS = {200: "Done.", 201: "Made.", 303: "Look there."}

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

HEADERS: dict[str, Answer] = {
    "ETag": {
        "description": "This version of the resource. Send it as If-None-Match or If-Match.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
        "example": '"post-1-3-ada"',
    },
    "Location": {
        "description": "The address of what was made.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/posts/1",
    },
    "Retry-After": {
        "description": "Seconds after which the same request may succeed.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 42,
    },
    "WWW-Authenticate": {
        "description": "How to sign in (RFC 6750); names `invalid_token` when the token you sent is at fault.",
        "required": True,
        "schema": {"type": "string"},
        "example": 'Bearer realm="api", error="invalid_token"',
    },
    "X-Request-ID": {
        "description": "Names this request in our logs: yours, if you sent one of up to 64 letters, digits, `.`, `_` "
        "and `-`.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        "example": "7f6d0c9a2b1e4d38",
    },
    "RateLimit-Limit": {
        "description": "Calls you may make in the present window.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 1200,
    },
    "RateLimit-Remaining": {
        "description": "Calls left in the present window.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 1199,
    },
    "RateLimit-Reset": {
        "description": "Seconds until the next window begins.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 60,
    },
    "RateLimit-Policy": {
        "description": "The limit that was counted: calls, window in seconds, name.",
        "schema": {"type": "string"},
        "example": "1200;w=60;name=api",
    },
}

TAG_OF_LIST = {
    "description": "This state of the list, where it is told: send it as If-None-Match.",
    "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    "example": '"0f63c2a97d1e4b58"',
}

ALWAYS = ("X-Request-ID", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "RateLimit-Policy")
WITH_STATUS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def of_call(method: str, path: str, operation: Operation, content: Answer) -> dict[str, Answer]:
    """By status; `content` is the document that was asked for: its schema and an example."""
    answers = {str(operation.status): _success(method, operation, content)}
    if (operation.conditional or operation.paged) and method == "GET":
        answers["304"] = {
            "description": "You have this version already; there is no body.",
            "headers": _headers("ETag", *ALWAYS),
        }
    for status in sorted(refused(method, path, operation)):
        answers[str(status)] = _refusal(status, operation)
    return answers


def refused(method: str, path: str, operation: Operation) -> set[int]:
    """The statuses with which this call can be refused."""
    found = {*ANY_CALL, *operation.refusals}
    if method in UNSAFE:
        found.add(403)
    if operation.is_guarded(method):
        found.add(412)
    if operation.takes is not None:
        found |= {415, 422}
    if operation.paged:
        found |= {404, 422}
    if "{" in path:
        found.add(404)
    return found


def components() -> dict[str, Answer]:
    """The refusals that mean the same everywhere, by name."""
    return {_name(kind.status): _described(kind.status) for kind in kinds.KINDS}


def _success(method: str, operation: Operation, content: Answer) -> Answer:
    tagged = operation.conditional and method != "DELETE"
    names = (*(["Location"] if operation.location else []), *(["ETag"] if tagged else []))
    headers = _headers(*names, *ALWAYS) | ({"ETag": TAG_OF_LIST} if operation.paged else {})
    answer: Answer = {"description": DESCRIPTIONS[operation.status], "headers": headers}
    return {**answer, "content": {operation.media_type: content}} if operation.media_type else answer


def _refusal(status: int, operation: Operation) -> Answer:
    if status in operation.problems:
        described = _described(status)
        schema = {"$ref": f"{REFERENCE}{operation.problems[status].__name__}"}
        return {**described, "content": {problems.MEDIA_TYPE: {"schema": schema}}}
    meanings = operation.refusals
    reference = {"$ref": f"#/components/responses/{_name(status)}"}
    return {**reference, "description": meanings[status]} if status in meanings else reference


def _described(status: int) -> Answer:
    found = kinds.of_status(status)
    return {
        "description": " Or: ".join(kind.meaning for kind in found),
        "headers": _headers(*WITH_STATUS.get(status, ()), *ALWAYS),
        "content": {
            problems.MEDIA_TYPE: {
                "schema": {"$ref": f"{REFERENCE}Problem"},
                "examples": {kind.code: {"summary": kind.title, "value": _example(kind)} for kind in found},
            }
        },
    }


def _example(kind: Kind) -> Answer:
    return {
        "type": f"/api/docs#{kind.anchor}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": kind.meaning,
        "request_id": "7f6d0c9a2b1e4d38",
        "errors": [],
    }


def _headers(*names: str) -> dict[str, Answer]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(status: int) -> str:
    return kinds.of_status(status)[0].title.replace(" ", "")
