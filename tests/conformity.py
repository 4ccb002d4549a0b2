"""Every answer of the API that a test sees is held against the OpenAPI document, so that neither drifts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from quart import Quart, Response
from quart.testing import QuartClient
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from blogapp.web.examples import REFERENCE
from blogapp.web.openapi import Published, published
from tests.people import resources

PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": f"{REFERENCE}Problem"}}}}

_made: dict[tuple[str, str, bool], Published] = {}


class CheckedClient(QuartClient):
    async def open(self, path: str, *, method: str = "GET", follow_redirects: bool = False, **asked: Any) -> Response:
        response = await super().open(path, method=method, follow_redirects=follow_redirects, **asked)
        if re.match(r"/api([/?]|$)", path) and method != "OPTIONS" and not follow_redirects:
            await check(self.app, path, method, response)
        return response


async def check(app: Quart, path: str, method: str, response: Response) -> None:
    """Raises AssertionError for a status, header, media type or body that the document doesn't announce."""
    made = _published(app)
    announced = _announced(app, made.document, path.partition("?")[0], method, response)
    if announced is None:
        return
    said = f"{method} {path} answered {response.status_code}"
    for name, reference in announced.get("headers", {}).items():
        header = _resolve(reference, made.document)
        assert name in response.headers or not header.get("required"), f"{said} without {name}"
        if name in response.headers:
            _check_header(header["schema"], response.headers[name], f"{said} with a wrong {name}")
    if method != "HEAD":
        await _check_body(made, announced.get("content", {}), response, said)


def _published(app: Quart) -> Published:
    """Made once for all applications that have the same: it takes as long as starting one."""
    settings = resources(app).settings
    key = (settings.site_name, settings.site_url, settings.is_production)
    if key not in _made:
        _made[key] = published(app, settings)
    return _made[key]


def _announced(app: Quart, document: dict[str, Any], path: str, method: str, response: Response) -> Any:
    """The document's response object; any problem will do where no operation is, None for a redirect."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except RequestRedirect:
        return None
    except MethodNotAllowed:
        assert response.status_code != 405 or response.headers["Allow"]
        return PROBLEM
    except HTTPException:
        return PROBLEM
    described = document["paths"][re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)]
    answers = described["get" if method == "HEAD" else method.lower()]["responses"]
    status = str(response.status_code)
    assert status in answers, f"{method} {path} answered {status}, which the document does not say"
    return _resolve(answers[status], document)


async def _check_body(made: Published, content: dict[str, Any], response: Response, said: str) -> None:
    body = await response.get_data()
    if not content:
        assert body == b"", f"{said} with a body"
        return
    assert response.mimetype in content, f"{said} as {response.mimetype}"
    if "schema" in (announced := content[response.mimetype]):
        errors = list(_validator(made, announced["schema"]["$ref"]).iter_errors(await response.get_json(force=True)))
        assert not errors, f"{said}: {errors[0].message} in {body!r}"


def _check_header(schema: dict[str, Any], value: str, said: str) -> None:
    given = int(value) if schema["type"] == "integer" else value
    assert Draft202012Validator(schema).is_valid(given), f"{said}: {value}"


def _resolve(found: Any, document: dict[str, Any]) -> Any:
    while "$ref" in found:
        node: Any = document
        for step in found["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        found = node
    return found


def _validator(made: Published, reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": {"schemas": _closed(made.content)}})


@lru_cache(maxsize=4)
def _closed(content: bytes) -> dict[str, Any]:
    """The schemas with nothing beside what they name: a field that slips out is an error here."""
    schemas: dict[str, Any] = orjson.loads(content)["components"]["schemas"]
    for schema in schemas.values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return schemas
