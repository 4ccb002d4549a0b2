"""An example of a document, put together from the examples its fields have in the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Schema = Mapping[str, Any]

REFERENCE = "#/components/schemas/"


def resolve(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """The schema itself, or the component it refers to."""
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    return components[name] if name else schema


def example(schema: Schema, components: Mapping[str, Schema]) -> Any:
    """The first example of each field, or else its constant or default, or else the plainest value of its type."""
    schema = resolve(schema, components)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "properties" in schema:
        return {name: example(rules, components) for name, rules in schema["properties"].items()}
    if "anyOf" in schema:
        return example(schema["anyOf"][0], components)
    if schema.get("type") == "array":
        return [example(schema["items"], components)]
    return schema.get("default", _PLAINEST.get(cast(str, schema.get("type"))))


_PLAINEST = {"string": "", "integer": 1, "boolean": False, "object": {}}
