"""The OpenAPI document: valid, complete, cheap to keep."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from quart import Quart

from blogapp import create_app, errors, web
from blogapp.settings import load
from blogapp.web.kinds import BY_CODE, KINDS
from blogapp.web.openapi import calls, document
from tests.people import Client

SOURCES = Path(web.__file__).parent
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(create_app({"blogapp_env": "testing"}), load("testing"))


def operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in described["paths"].values() for operation in methods.values()]


def test_it_is_valid_openapi_3_1(described: dict[str, Any]):
    validate(described)
    assert described["openapi"].startswith("3.1.")
    assert described["info"]["version"] == version("blogapp")


def test_every_method_of_every_route_is_in_it(described: dict[str, Any]):
    app = create_app({"blogapp_env": "testing"})
    routes = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api")]
    wanted = {(re.sub(r"<(\w+:)?(\w+)>", r"{\2}", rule.rule), method) for rule in routes for method in rule.methods}
    found = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    assert found == {(path, method) for path, method in wanted if method in METHODS}
    assert len(calls(app)) == len(found)


def test_every_operation_has_a_name_of_its_own_a_tag_and_words(described: dict[str, Any]):
    found = operations(described)
    assert len({one["operationId"] for one in found}) == len(found)
    assert {tag for one in found for tag in one["tags"]} == {tag["name"] for tag in described["tags"]}
    for one in found:
        assert one["summary"]
        assert "Who may: " in one["description"]


def test_every_answer_with_a_body_has_a_schema_or_is_no_json(described: dict[str, Any]):
    for one in operations(described):
        for answer in one["responses"].values():
            for kind, content in answer.get("content", {}).items():
                assert "schema" in content or kind == "text/html" or one["operationId"] == "openapi"


def test_every_refusal_is_a_problem_document(described: dict[str, Any]):
    for answer in described["components"]["responses"].values():
        assert list(answer["content"]) == ["application/problem+json"]
        assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert "X-Request-ID" in answer["headers"]


def test_every_call_may_be_refused_by_the_edge_the_limits_and_broken_parts(described: dict[str, Any]):
    for one in operations(described):
        assert {"400", "401", "408", "413", "414", "429", "431", "500", "503", "504"} <= set(one["responses"])


def test_calls_with_a_body_say_what_is_wrong_with_it(described: dict[str, Any]):
    for one in operations(described):
        assert ("requestBody" in one) == ("415" in one["responses"])
        assert "requestBody" not in one or "422" in one["responses"]


def test_changes_can_be_made_for_a_version_and_reads_be_saved(described: dict[str, Any]):
    for path in ("/api/users/{user_id}", "/api/posts/{post_id}"):
        methods = described["paths"][path]
        assert {"$ref": "#/components/parameters/If-None-Match"} in methods["get"]["parameters"]
        assert "304" in methods["get"]["responses"]
        assert "ETag" in methods["get"]["responses"]["200"]["headers"]
        for method in ("put", "patch", "delete"):
            assert {"$ref": "#/components/parameters/If-Match"} in methods[method]["parameters"]
            assert "412" in methods[method]["responses"]


def test_what_is_made_has_a_location(described: dict[str, Any]):
    for path in ("/api/users", "/api/posts"):
        assert "Location" in described["paths"][path]["post"]["responses"]["201"]["headers"]


def test_calls_that_need_an_account_say_how_to_show_it(described: dict[str, Any]):
    assert set(described["components"]["securitySchemes"]) == {"token", "session"}
    for one in operations(described):
        assert {"token": []} in one["security"]
    assert {} in described["paths"]["/api/posts"]["get"]["security"]
    assert {} not in described["paths"]["/api/posts"]["post"]["security"]


def test_the_cookie_is_named_as_it_is_in_production():
    settings = load(
        "production",
        secret_key=token_hex(),
        allowed_hosts="blog.example.org",
        site_url="https://blog.example.org",
    )
    made = document(create_app(settings), settings)
    assert made["components"]["securitySchemes"]["session"]["name"] == "__Host-blogapp_auth"
    assert made["servers"] == [{"url": "https://blog.example.org"}]


def test_every_example_fits_its_schema(described: dict[str, Any]):
    bodies = [one["requestBody"] for one in operations(described) if "requestBody" in one]
    answers = [answer for one in operations(described) for answer in one["responses"].values()]
    for content in (content for one in [*bodies, *answers] for content in one.get("content", {}).values()):
        if "example" in content:
            schema = content["schema"] | {"components": described["components"]}
            Draft202012Validator(schema).validate(content["example"])


def test_every_code_of_a_problem_is_described():
    children = [errors.BlogError, *errors.BlogError.__subclasses__()]
    for code, status in {(one.code, one.status) for one in children if "code" in vars(one)}:
        assert BY_CODE[code].status == status
    for path in ("edge.py", "body.py"):
        for code in re.findall(r'(?:Refusal|Refused)\(\d{3}, "(\w+)"', (SOURCES / path).read_text()):
            assert code in BY_CODE, code
    assert len(BY_CODE) == len(KINDS)


async def test_it_is_kept_by_its_tag(client: Client):
    first = await client.get("/api/openapi.json")
    assert first.mimetype == "application/json"
    assert "max-age" in first.headers["Cache-Control"]
    again = await client.get("/api/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, await again.get_data()) == (304, b"")


@pytest.mark.parametrize("settings", [{"cors_origins": "https://app.example"}])
async def test_scripts_of_allowed_origins_may_read_it(client: Client):
    response = await client.get("/api/openapi.json", headers={"Origin": "https://app.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"


async def test_the_api_itself_leads_there(client: Client):
    response = await client.get("/api")
    assert (response.status_code, response.headers["Location"]) == (303, "/api/docs")
    assert response.headers["Link"] == '</api/openapi.json>; rel="service-desc"; type="application/json"'


async def test_an_answer_that_is_not_in_it_fails_a_test(app: Quart, client: Client):
    await client.get("/api/openapi.json")
    app.view_functions["api.list_posts"] = app.view_functions["api.docs"]
    with pytest.raises(AssertionError, match="text/html"):
        await client.get("/api/posts")
