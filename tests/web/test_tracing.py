"""Traces as a collector gets them: what one request caused, under the names of routes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from quart import Quart

from blogapp.errors import Refused
from blogapp.infra import tracing
from tests.collector import Collector, collector
from tests.live import environment
from tests.people import PASSWORD
from tests.serving import serving
from tests.waiting import until

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NEAR = {"client": ("127.0.0.1", 1)}


@dataclass(frozen=True, slots=True)
class Span:
    name: str
    trace: str
    id: str
    parent: str
    facts: dict[str, Any]
    failed: bool


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{found.address}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        yield found


@pytest.fixture
async def app(collected: Collector, database_url: str) -> AsyncIterator[Quart]:
    async with serving(database_url, tasks="on", task_wait=0.1, trusted_proxies="127.0.0.1") as app:
        yield app


def spans(collected: Collector) -> list[Span]:
    found = []
    for path, body in list(collected.received):
        assert path == "/v1/traces"
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {one.key: one.value.string_value for one in group.resource.attributes}
            assert names["service.name"] == "blogapp"
            found += [_span(span) for scope in group.scope_spans for span in scope.spans]
    return found


def _span(span: Any) -> Span:
    facts = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Span(span.name, *ids, facts, span.status.code == 2)


async def named(collected: Collector, name: str) -> Span:
    await until(lambda: any(span.name == name for span in spans(collected)))
    return next(span for span in spans(collected) if span.name == name)


async def test_a_request_has_its_statements_and_tasks_in_one_trace(app: Quart, collected: Collector):
    form = {"username": "mary", "email": "mary@example.org", "password": PASSWORD, "confirm_password": PASSWORD}
    headers = {"X-Request-ID": "of-registration", "traceparent": PARENT}
    await app.test_client().post("/auth/register", form=form, headers=headers, scope_base=NEAR)
    request = await named(collected, "POST /auth/register")
    task = await named(collected, "task welcome")
    insert = await named(collected, f"INSERT {app.config['DATABASE_URL'].partition(':')[0]}")
    assert (request.trace, request.parent) == tuple(PARENT.split("-")[1:3])
    assert {task.trace, insert.trace} == {request.trace}
    assert {task.parent, insert.parent} == {request.id}
    assert request.facts["http.route"] == request.facts["url.path"] == "/auth/register"
    assert request.facts["http.response.status_code"] == 303
    assert request.facts["blogapp.request_id"] == "of-registration"
    assert insert.facts["db.query.text"].startswith("INSERT INTO users")
    for _, body in collected.received:
        assert b"mary@example.org" not in body
        assert PASSWORD.encode() not in body


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_spans_have_the_names_of_routes_and_no_secrets(app: Quart, collected: Collector):
    client = app.test_client()
    for path in ("/", "/", "/auth/reset/a-secret-of-somebody", "/made/up", "/livez"):
        await client.get(path, headers={"traceparent": PARENT}, scope_base={"client": ("203.0.113.9", 1)})

    @app.get("/broken")
    async def broken() -> str:
        raise RuntimeError("something broke")

    await client.get("/broken")
    assert (await named(collected, "GET /broken")).failed
    requests = [span for span in spans(collected) if "http.route" in span.facts]
    names = sorted(span.name for span in requests)
    assert names == ["GET (unknown)", "GET /", "GET /", "GET /auth/reset/<secret>", "GET /broken"]
    assert not any(span.trace in PARENT for span in requests), "a stranger's trace was believed"
    assert not any(b"a-secret-of-somebody" in body for _, body in collected.received)


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_hostile_headers_hurt_no_trace(app: Quart, collected: Collector):
    client = app.test_client()
    for value in ("", "00-xyz", "ÿ" * 500, "00-" + "0" * 32 + "-" + "0" * 16 + "-01"):
        answer = await client.get("/nothing", headers={"traceparent": value}, scope_base=NEAR)
        assert answer.status_code == 404
    answer = await client.get("/", scope_base={"query_string": b"page=\xff", "path": "/\udcff"})
    assert answer.status_code == 400
    await named(collected, "GET (refused)")


def test_nothing_is_loaded_that_nobody_asked_for(tmp_path: Path):
    """Of OpenTelemetry, that is what the client of Redis doesn't load by itself where it is installed."""
    code = "import sys, blogapp.asgi; print(set(sys.argv[1:]) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, "blogapp.infra.otel", "opentelemetry.exporter", "google.protobuf", "sentry_sdk"],
        env=environment("sqlite:///:memory:"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("name", "value"), [("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
)
def test_what_we_do_not_speak_is_refused(collected: Collector, name: str, value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused, match=f"{name}={value}"):
        tracing.chosen()


@pytest.mark.parametrize(("name", "value"), [("OTEL_TRACES_EXPORTER", "none"), ("OTEL_SDK_DISABLED", "true")])
def test_it_can_be_switched_off(collected: Collector, name: str, value: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(name, value)
    assert not tracing.chosen().is_on
