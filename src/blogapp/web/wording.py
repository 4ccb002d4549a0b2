"""A schema said in words, for the reference page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from blogapp.web.examples import REFERENCE, Schema


def marked(text: str) -> Markup:
    """Text with `code` between backticks."""
    parts = [escape(part) for part in text.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))


def kind_of(schema: Schema) -> Markup:
    """Its type and bounds, with links to the schemas it names."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REFERENCE)
        return Markup('<a href="#schema-{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(" or ").join(kind_of(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(kind_of(schema["items"]))
    return escape(", ".join(_words(schema)))


def _words(schema: Schema) -> Iterator[str]:
    yield f"always {schema['const']}" if "const" in schema else _TYPES[schema["type"]]
    if "format" in schema:
        yield _FORMATS[schema["format"]]
    yield from _span(schema.get("minLength"), schema.get("maxLength"), " characters")
    yield from _span(schema.get("minimum"), schema.get("maximum"), "")
    if schema.get("default") is not None:
        yield f"{json.dumps(schema['default'])} if left out"


def _span(least: int | None, most: int | None, unit: str) -> Iterable[str]:
    if most is not None:
        return [f"{least or 0:,} to {most:,}{unit}"]
    return [f"at least {least:,}{unit}"] if least is not None else []


_TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null", "object": "object"}
_FORMATS = {
    "date-time": "time in ISO 8601",
    "uri-reference": "address",
    "binary": "file",
    "email": "e-mail address",
    "password": "password",
}
