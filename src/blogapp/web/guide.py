"""The OpenAPI document as the reference page reads it."""

from __future__ import annotations

from typing import Any


def read(document: dict[str, Any]) -> dict[str, Any]:
    return {"document": document}
