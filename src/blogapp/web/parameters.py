"""What a call reads beside its body: numbers in the path, pages in the query, versions in headers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from blogapp.web.blueprints import IdConverter
from blogapp.web.operations import Operation
from blogapp.web.paging import MOST_PER_PAGE, PER_PAGE

PARAMETERS: dict[str, dict[str, Any]] = {
    "page": {
        "name": "page",
        "in": "query",
        "description": "Which page of the list. A page beyond the last is answered with 404.",
        "schema": {"type": "integer", "minimum": 1, "default": 1},
    },
    "per_page": {
        "name": "per_page",
        "in": "query",
        "description": f"How many on a page; more than {MOST_PER_PAGE} are answered with {MOST_PER_PAGE}.",
        "schema": {"type": "integer", "minimum": 1, "default": PER_PAGE},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "ETags of the versions you have; when the present one is among them the answer is 304.",
        "schema": {"type": "string"},
        "example": '"post-1-3-ada"',
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag of the version you mean to change; when it is no longer the present one the answer is "
        "412 and nothing was changed.",
        "schema": {"type": "string"},
        "example": '"post-1-3-ada"',
    },
    "state": {
        "name": "state",
        "in": "query",
        "description": "Only those in this state.",
        "schema": {"type": "string", "enum": ["draft", "scheduled", "published", "unlisted", "private"]},
        "example": "draft",
    },
    "q": {
        "name": "q",
        "in": "query",
        "description": "Only those with these words, as they stand, in title or text.",
        "schema": {"type": "string", "maxLength": 200},
        "example": "tide",
    },
    "line": {
        "name": "q",
        "in": "query",
        "description": 'Words, and `"words that follow each other"`; the last word may be the beginning of one. '
        "`author:ada`, `tag:tides`, `after:2026-11` and `before:2027` narrow, a minus before any of these leaves out.",
        "schema": {"type": "string", "maxLength": 200},
        "example": "tide author:ada",
    },
    "tag": {
        "name": "tag",
        "in": "query",
        "description": "Only those with this tag: its `slug`, also one that it had before.",
        "schema": {"type": "string"},
        "example": "low-tide",
    },
    "sort": {
        "name": "sort",
        "in": "query",
        "description": "In which order.",
        "schema": {"type": "string", "enum": ["newest", "oldest", "edited", "title"], "default": "newest"},
    },
    "order": {
        "name": "order",
        "in": "query",
        "description": "By age of the comment that a thread began with.",
        "schema": {"type": "string", "enum": ["oldest", "newest"], "default": "oldest"},
    },
    "answers": {
        "name": "answers",
        "in": "query",
        "description": "Which part of the replies, where `more_answers` says that there are more. Each part begins with what it answers.",
        "schema": {"type": "integer", "minimum": 1, "default": 1},
    },
    "waiting": {
        "name": "state",
        "in": "query",
        "description": "Those that wait, or those that were reported and are shown.",
        "schema": {"type": "string", "enum": ["waiting", "reported"], "default": "waiting"},
    },
    "month": {
        "name": "month",
        "in": "query",
        "description": "Only those that appeared in this year or month (UTC).",
        "schema": {"type": "string", "pattern": "^(?!0000)[0-9]{4}(-(0[1-9]|1[0-2]))?$"},
        "example": "2026-11",
    },
    "topics": {
        "name": "topics",
        "in": "query",
        "description": "What to hear of, parted by commas: `posts` (all of them), `post:12`, `user:3`, `tag:low-tide`, and "
        "`me` for what your account is told of.",
        "schema": {"type": "string", "default": "posts"},
        "example": "post:12,user:3",
    },
    "since": {
        "name": "since",
        "in": "query",
        "description": "The id of the last event you heard: first you get what you missed.",
        "schema": {"type": "string"},
        "example": "1795339800000-0",
    },
    "Last-Event-ID": {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The same, as browsers send it when they connect to an event stream again.",
        "schema": {"type": "string"},
        "example": "1795339800000-0",
    },
}


def of_call(method: str, ids: Sequence[str], operation: Operation) -> list[dict[str, Any]]:
    """`ids` are the names in the path: numbers, but for `slug`."""
    names = [*operation.parameters, *(["page", "per_page", "If-None-Match"] if operation.paged else [])]
    if operation.conditional and method == "GET":
        names.append("If-None-Match")
    if operation.is_guarded(method):
        names.append("If-Match")
    return [
        *(_slug() if name == "slug" else _id(name) for name in ids),
        *({"$ref": f"#/components/parameters/{name}"} for name in names),
    ]


def _id(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": "Its number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": IdConverter.largest},
        "example": 1,
    }


def _slug() -> dict[str, Any]:
    return {
        "name": "slug",
        "in": "path",
        "required": True,
        "description": "Its name in addresses.",
        "schema": {"type": "string", "minLength": 1},
        "example": "low-tide",
    }
