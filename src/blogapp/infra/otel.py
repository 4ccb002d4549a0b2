"""Traces by OpenTelemetry; loaded by `blogapp.infra.tracing` when they are asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from blogapp.infra import logs
from blogapp.infra.slow import STATEMENT

LAST_WORDS = 2.0
"""Seconds for spans that are left when the process stops."""


class OpenTelemetry:
    is_on = True

    def __init__(self, exporter: str) -> None:
        """Where to, how many and under which name is read from the environment by OpenTelemetry itself."""
        exports = ConsoleSpanExporter() if exporter == "console" else OTLPSpanExporter()
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exports))
        self._tracer = self._provider.get_tracer("blogapp", version("blogapp"))

    @contextmanager
    def request(self, method: str, parent: str) -> Iterator[RequestSpan]:
        with self._span(method, parent, SpanKind.SERVER) as span:
            yield RequestSpan(span)

    @contextmanager
    def task(self, name: str, parent: str) -> Iterator[None]:
        with self._span(f"task {name}", parent, SpanKind.CONSUMER):
            yield

    def watch(self, engine: AsyncEngine) -> None:
        def begin(_connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: Any) -> None:
            if trace.get_current_span().is_recording():
                context.span = self._statement(statement, engine.dialect.name)

        def end(_connection: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: Any) -> None:
            if (span := context.__dict__.pop("span", None)) is not None:
                span.end()

        def fail(failed: ExceptionContext) -> None:
            if (span := getattr(failed.execution_context, "__dict__", {}).pop("span", None)) is not None:
                span.set_status(StatusCode.ERROR, type(failed.original_exception).__name__)
                span.end()

        event.listen(engine.sync_engine, "before_cursor_execute", begin)
        event.listen(engine.sync_engine, "after_cursor_execute", end)
        event.listen(engine.sync_engine, "handle_error", fail)

    async def close(self) -> None:
        """A collector that doesn't answer holds nobody up."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        await asyncio.to_thread(last.join, LAST_WORDS)

    @contextmanager
    def _span(self, name: str, parent: str, kind: SpanKind) -> Iterator[trace.Span]:
        with self._tracer.start_as_current_span(name, context=_context(parent), kind=kind) as span:
            token = logs.traceparent.set(_written(span))
            try:
                yield span
            finally:
                logs.traceparent.reset(token)

    def _statement(self, statement: str, system: str) -> trace.Span:
        said = " ".join(statement.split())[:STATEMENT]
        verb = said.partition(" ")[0].upper()
        facts = {"db.system.name": system, "db.operation.name": verb, "db.query.text": said}
        return self._tracer.start_span(f"{verb} {system}", kind=SpanKind.CLIENT, attributes=facts)


class RequestSpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def tell(self, name: str, facts: Mapping[str, str | int], *, failed: bool) -> None:
        self._span.update_name(name)
        self._span.set_attributes(facts)
        if failed:
            self._span.set_status(StatusCode.ERROR)


def _resource() -> Resource:
    """OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win."""
    found = Resource.create()
    named = not str(found.attributes[SERVICE_NAME]).startswith("unknown_service")
    return found if named else found.merge(Resource({SERVICE_NAME: "blogapp"}))


def _context(parent: str) -> Context:
    return TraceContextTextMapPropagator().extract({"traceparent": parent}, context=Context())


def _written(span: trace.Span) -> str:
    """As in the header `traceparent` of W3C Trace Context."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
