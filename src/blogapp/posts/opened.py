"""What the edit form showed beside title and text when it was opened: what its author leaves alone, it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from blogapp.posts.schemas import PostEdit
from blogapp.web.forms import Form

BESIDE = ("format", "tags", "slug", "series_id", "new_series", "cover", "cover_alt", "cover_caption")
APPEARING = frozenset({"state", "publish_at"})
NONE = {"", "0", "None"}
"""How a list, or one without a row, says that nothing is chosen."""


def packed(saved: Mapping[str, Any]) -> str:
    """For a hidden field; `saved` is as `as_typed` says."""
    return orjson.dumps({name: str(saved.get(name, "")) for name in (*BESIDE, *sorted(APPEARING))}).decode()


def left_alone(form: Form[PostEdit], draft: PostEdit) -> frozenset[str]:
    """Fields as they were when the form was opened: what somebody else made of them meanwhile stays.

    None of them for a form that does not say what it showed."""
    shown = _shown(form.values["opened"])
    same = {name for name in BESIDE if name in shown and _plain(shown[name]) == _plain(form.values[name])}
    due = f"{draft.publish_at:%Y-%m-%dT%H:%M}" if draft.publish_at else ""
    if (shown.get("state"), shown.get("publish_at")) == (draft.state, due):
        same |= APPEARING
    return frozenset(same)


def renew(form: Form[PostEdit], left: frozenset[str], saved: Mapping[str, Any]) -> None:
    """The form goes on from what is saved now."""
    for name in left:
        form.values[name] = str(saved.get(name, ""))
    if left & APPEARING:
        form.values["zone"] = "UTC"
    form.values["version"] = str(saved["version"])
    form.values["opened"] = packed(saved)


def _shown(opened: str) -> dict[str, Any]:
    try:
        found = orjson.loads(opened)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> str:
    return "" if str(value) in NONE else str(value)
