"""The export file of Ghost (JSON), as the Markdown files of `import markdown`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from blogapp.errors import Refused
from blogapp.portability import ghost_texts
from blogapp.portability.unpacked import Foreign
from blogapp.text import slug

LARGEST = 1024 * 1024 * 1024
"""Bytes: the file is read whole."""

STATES = {"published": "published", "scheduled": "scheduled", "sent": "private"}
OPEN = {"public", ""}
MOST_TAGS = 10
SITE = "ghost"
"""Ids of Ghost are unique in the world."""

Row = Mapping[str, Any]


def posts(source: Path) -> Iterator[Foreign]:
    """Posts and pages. Raises Refused."""
    data = _data(source)
    people = {row["id"]: row for row in _rows(data, "users") if "id" in row}
    names = {row["id"]: _text(row, "name") for row in _rows(data, "tags") if "id" in row}
    authors = _by_post(data, "posts_authors", "author_id")
    tags = _by_post(data, "posts_tags", "tag_id")
    meta = {row.get("post_id"): row for row in _rows(data, "posts_meta")}
    for row in _rows(data, "posts"):
        key = row.get("id")
        by = [people[one] for one in authors.get(key) or [row.get("author_id")] if one in people]
        about = [names.get(one, "") for one in tags.get(key, [])]
        yield _post(row, by, [name for name in about if name and not name.startswith("#")], meta.get(key, {}))


def _post(row: Row, by: list[Row], about: list[str], meta: Row) -> Foreign:
    title = _text(row, "title")
    name = slug(_text(row, "slug") or title)
    front = {
        "title": title or "Untitled",
        "slug": name,
        "date": _text(row, "published_at"),
        "created": _text(row, "created_at"),
        "updated": _text(row, "updated_at"),
        "state": _state(row),
        "authors": [{"username": _text(one, "slug"), "email": _text(one, "email")} for one in by],
        "tags": about[:MOST_TAGS],
        "feature_image": _text(row, "feature_image"),
        "feature_image_alt": _text(meta, "feature_image_alt"),
    }
    return Foreign(str(row.get("id") or name), SITE, front, lambda: ghost_texts.markdown_of(row))


def _state(row: Row) -> str:
    """What only members could read is for its author, and a page is in no list here either."""
    state = STATES.get(_text(row, "status"), "draft")
    if state == "published" and _text(row, "visibility") not in OPEN:
        return "private"
    is_page = _text(row, "type") == "page" or row.get("page") in (1, True)
    return "unlisted" if state == "published" and is_page else state


def _data(source: Path) -> Row:
    if source.stat().st_size > LARGEST:
        raise Refused(f"{source} is larger than {LARGEST:,} bytes")
    try:
        found = orjson.loads(source.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Refused(f"{source} is no export file of Ghost: {error}") from None
    several = found.get("db") if isinstance(found, dict) else None
    first = several[0] if isinstance(several, list) and several else found
    data = first.get("data") if isinstance(first, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise Refused(f"{source} is no export file of Ghost: it has no list of posts")
    return data


def _rows(data: Row, name: str) -> list[Row]:
    given = data.get(name)
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []


def _by_post(data: Row, table: str, name: str) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in sorted(_rows(data, table), key=_place):
        found.setdefault(row.get("post_id"), []).append(row.get(name))
    return found


def _place(row: Row) -> int:
    given = row.get("sort_order")
    return given if isinstance(given, int) else 0


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""
