"""The OpenAPI document as the reference page reads it: rules in words, examples to copy, problems by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from blogapp.web.answers import ANY_CALL
from blogapp.web.examples import REFERENCE, Schema, example, resolve
from blogapp.web.kinds import KINDS, Kind
from blogapp.web.openapi import Published
from blogapp.web.operations import JSON
from blogapp.web.wording import kind_of, marked

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One field or parameter; `kind` is made of words and of (schema) links."""

    name: str
    kind: Markup
    description: Markup
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    description: Markup
    headers: list[str]
    kind: Markup
    problems: list[Kind]


@dataclass(frozen=True, slots=True)
class Entry:
    """One call as a reader sees it."""

    anchor: str
    methods: str
    path: str
    summary: str
    description: Markup
    who: str
    parameters: list[Rule]
    body: list[Rule]
    body_name: str
    answers: list[Answer]
    curl: str
    shown: str
    """The answer's example, as JSON."""


@lru_cache(maxsize=16)
def read(made: Published, site: str) -> dict[str, Any]:
    """What the template takes; `site` is the origin that examples name."""
    document = made.document
    return {
        "version": document["info"]["version"],
        "groups": [(tag, _entries(document, tag["name"], site)) for tag in document["tags"]],
        "schemas": [(name, schema, _rules(schema)) for name, schema in document["components"]["schemas"].items()],
        "problems": KINDS,
        "any_call": [kind for kind in KINDS if kind.status in ANY_CALL],
        "site": site,
        "marked": marked,
    }


def _entries(document: Document, tag: str, site: str) -> list[Entry]:
    """Methods of one address that do the same are one entry."""
    found: dict[tuple[str, str], Entry] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            if tag in described["tags"]:
                entry = _entry(document, method.upper(), path, described, site)
                same = found.get((path, entry.summary))
                found[path, entry.summary] = (
                    replace(entry, methods=f"{same.methods}, {entry.methods}") if same else entry
                )
    return list(found.values())


def _entry(document: Document, method: str, path: str, described: Document, site: str) -> Entry:
    description, _, who = described["description"].rpartition("Who may: ")
    schemas = document["components"]["schemas"]
    _, taken = _taken(described)
    return Entry(
        anchor=described["operationId"],
        methods=method,
        path=path,
        summary=described["summary"],
        description=marked(description.strip()),
        who=who,
        parameters=[_parameter(_component(one, document)) for one in described["parameters"]],
        body=_rules(resolve(taken, schemas)),
        body_name=taken.get("$ref", "").removeprefix(REFERENCE),
        answers=[_answer(status, one, document) for status, one in described["responses"].items() if _is_own(status)],
        curl=_curl(document, method, site + path, described),
        shown=_shown(described),
    )


def _is_own(status: str) -> bool:
    """What any call can answer is said once."""
    return int(status) not in ANY_CALL or status == "401"


def _parameter(one: Schema) -> Rule:
    place = {"path": "in the path", "query": "in the query", "header": "header"}[one["in"]]
    kind = kind_of(one["schema"])
    return Rule(
        one["name"], Markup("{}, {}").format(place, kind), marked(one["description"]), one.get("required", False)
    )


def _rules(schema: Schema) -> list[Rule]:
    required = schema.get("required", ())
    return [
        Rule(name, kind_of(rules), marked(_description(rules)), name in required)
        for name, rules in schema.get("properties", {}).items()
    ]


def _description(rules: Schema) -> str:
    """A field that may be null has its description one step further in."""
    inner = next((one["description"] for one in rules.get("anyOf", []) if "description" in one), "")
    return str(rules.get("description", inner))


def _answer(status: str, given: Schema, document: Document) -> Answer:
    whole = _component(given, document)
    content: Schema = next(iter(whole.get("content", {}).values()), {})
    is_refusal = int(status) >= 400
    return Answer(
        status=status,
        description=marked(given.get("description", "")),
        headers=[name for name in whole.get("headers", {}) if name in {"ETag", "Location", "WWW-Authenticate"}],
        kind=kind_of(content["schema"]) if "schema" in content and not is_refusal else Markup(""),
        problems=[kind for kind in KINDS if kind.status == int(status)] if is_refusal else [],
    )


def _component(given: Schema, document: Document) -> Schema:
    if "$ref" not in given:
        return given
    _, _, group, name = given["$ref"].split("/")
    found: Schema = document["components"][group][name]
    return found


def _curl(document: Document, method: str, address: str, described: Document) -> str:
    parts = ["curl"] if method == "GET" else [f"curl -X {method}"]
    if {} not in described["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    if "requestBody" in described:
        written, taken = _taken(described)
        given = example(taken, document["components"]["schemas"])
        if written == JSON:
            parts += [f"-H 'Content-Type: {JSON}'", f"-d '{json.dumps(given, ensure_ascii=False)}'"]
        else:
            parts += [f"-F '{name}={value}'" for name, value in given.items()]
    for parameter in described["parameters"]:
        if parameter.get("in") == "path":
            address = address.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
    return " \\\n  ".join([*parts, address])


def _taken(described: Document) -> tuple[str, Schema]:
    """How the body is written, and what it holds; nothing where there is none."""
    found = described.get("requestBody", {}).get("content", {})
    return next(((written, content["schema"]) for written, content in found.items()), (JSON, {}))


def _shown(described: Document) -> str:
    success = next(iter(described["responses"].values()))
    content = success.get("content", {}).get(JSON, {})
    return json.dumps(content["example"], indent=2, ensure_ascii=False) if "example" in content else ""
