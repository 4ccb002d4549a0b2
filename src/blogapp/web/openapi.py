"""The OpenAPI 3.1 document, made from the routes, the operations on their handlers and the pydantic schemas."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any, cast

import orjson
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema
from quart import Quart

from blogapp.settings import Settings
from blogapp.web import answers, parameters
from blogapp.web.auth import COOKIE, SECURE_COOKIE
from blogapp.web.examples import REFERENCE, example
from blogapp.web.operations import MARK, Operation
from blogapp.web.problems import Problem

EXTENSION = "blogapp.openapi"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

INTRODUCTION = """Everything the pages of this blog do with users and posts, as JSON.

Make an access token with `POST /api/tokens` and send it as `Authorization: Bearer …`. Every refusal is a problem
document (RFC 9457) with a stable `code`. Times are ISO 8601 in UTC. [The reference](/api/docs) has it all on one page."""

_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
_BRACED = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one route."""

    method: str
    path: str
    name: str
    operation: Operation
    description: str


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """Itself the key of what is made of it."""

    document: dict[str, Any]
    content: bytes
    tag: str


def published(app: Quart, settings: Settings) -> Published:
    """Made at the first request: every route is there by then."""
    if EXTENSION not in app.extensions:
        made = document(app, settings)
        content = orjson.dumps(made)
        app.extensions[EXTENSION] = Published(made, content, sha256(content).hexdigest()[:16])
    return cast(Published, app.extensions[EXTENSION])


def document(app: Quart, settings: Settings) -> dict[str, Any]:
    found = calls(app)
    schemas = _schemas([call.operation for call in found])
    paths: dict[str, dict[str, Any]] = {}
    for call in found:
        paths.setdefault(call.path, {})[call.method.lower()] = _described(call, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{settings.site_name} API",
            "version": version("blogapp"),
            "description": INTRODUCTION,
        },
        "servers": [{"url": settings.site_url or "/"}],
        "tags": [
            {"name": tag.name, "description": tag.description}
            for tag in dict.fromkeys(call.operation.tag for call in found)
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters.PARAMETERS,
            "headers": answers.HEADERS,
            "responses": answers.components(),
            "securitySchemes": _security_schemes(SECURE_COOKIE if settings.is_production else COOKIE),
        },
        "externalDocs": {"url": "/api/docs", "description": "The reference, to browse."},
    }


def calls(app: Quart) -> list[Call]:
    """Every call of the API, in the order of its routes. Raises AttributeError for a handler without Operation."""
    return [call for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.") for call in _calls(app, rule)]


def _calls(app: Quart, rule: Any) -> Iterator[Call]:
    handler = app.view_functions[rule.endpoint]
    methods = [method for method in METHODS if method in rule.methods]
    for method in methods:
        yield Call(
            method,
            _CONVERTED.sub(r"{\1}", rule.rule),
            handler.__name__ if len(methods) == 1 else f"{handler.__name__}_by_{method.lower()}",
            getattr(handler, MARK),
            inspect.getdoc(handler) or "",
        )


def _described(call: Call, schemas: dict[str, Any]) -> dict[str, Any]:
    operation = call.operation
    described: dict[str, Any] = {
        "operationId": call.name,
        "summary": operation.summary,
        "description": f"{call.description}\n\nWho may: {operation.access.words}".strip(),
        "tags": [operation.tag.name],
        "security": [*([{}] if operation.access.anonymous else []), {"token": []}, {"session": []}],
        "parameters": parameters.of_call(call.method, _BRACED.findall(call.path), call.operation),
        "responses": answers.of_call(call.method, call.path, operation, _content(operation.answers, schemas)),
    }
    if operation.takes is not None:
        content = {operation.takes_as: _content(operation.takes, schemas)}
        described["requestBody"] = {"required": not operation.takes_nothing_too, "content": content}
    return described


def _content(model: type[BaseModel] | None, schemas: dict[str, Any]) -> dict[str, Any]:
    if model is None:
        return {}
    schema = {"$ref": REFERENCE + model.__name__}
    return {"schema": schema, "example": example(schema, schemas)}


class _Plain(GenerateJsonSchema):
    """Without titles made of the fields' names; what we always send is required."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001  # pydantic's signature
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    takes = [(one.takes, "validation") for one in operations if one.takes is not None]
    gives = [(one.answers, "serialization") for one in operations if one.answers is not None]
    refuses = [(one, "serialization") for operation in operations for one in [*operation.problems.values(), Problem]]
    models = cast(list[tuple[type[BaseModel], JsonSchemaMode]], list(dict.fromkeys([*takes, *gives, *refuses])))
    _, made = models_json_schema(models, ref_template=REFERENCE + "{model}", schema_generator=_Plain)
    return dict(sorted(made["$defs"].items()))


def _security_schemes(cookie: str) -> dict[str, Any]:
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "blog_pat_…",
            "description": "A personal access token, made with `POST /api/tokens` or under Settings.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": "A browser that is signed in, for requests of this site's own pages only.",
        },
    }
