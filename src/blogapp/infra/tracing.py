"""Traces: what one request caused, down to its statements and tasks, if somebody collects them.

Switched on by the environment variables of OpenTelemetry; otherwise nothing of it is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, cast

from sqlalchemy.ext.asyncio import AsyncEngine

from blogapp.errors import Refused
from blogapp.infra import extras

EXPORTERS = {"otlp", "console"}
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
SPOKEN = "http/protobuf"


class Span(Protocol):
    def tell(self, name: str, facts: Mapping[str, str | int], *, failed: bool) -> None:
        """What it turned out to be."""


class Traces(Protocol):
    is_on: bool

    def request(self, method: str, parent: str) -> AbstractContextManager[Span]:
        """`parent` is what the header `traceparent` of a caller says whom we believe, or empty."""

    def task(self, name: str, parent: str) -> AbstractContextManager[None]:
        """Part of the trace of what has caused it."""

    def watch(self, engine: AsyncEngine) -> None:
        """A span for each statement that is part of a trace, without its values."""

    async def close(self) -> None:
        """Send what is left, for a short while."""


class Unseen:
    def tell(self, name: str, facts: Mapping[str, str | int], *, failed: bool) -> None:
        pass


class Untraced:
    is_on = False

    @contextmanager
    def request(self, method: str, parent: str) -> Iterator[Span]:  # noqa: ARG002  # as the protocol has it
        yield Unseen()

    @contextmanager
    def task(self, name: str, parent: str) -> Iterator[None]:  # noqa: ARG002  # as the protocol has it
        yield

    def watch(self, engine: AsyncEngine) -> None:
        pass

    async def close(self) -> None:
        pass


def chosen() -> Traces:
    """As OTEL_* say. Raises Refused for what we can't do."""
    exporter = _exporter()
    if exporter is None:
        return Untraced()
    return cast(Traces, extras.load("blogapp.infra.otel", "otel").OpenTelemetry(exporter))


def _exporter() -> str | None:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    named = os.environ.get("OTEL_TRACES_EXPORTER", "")
    if named == "none" or not (named or any(os.environ.get(name) for name in ENDPOINTS)):
        return None
    if named and named not in EXPORTERS:
        raise Refused(f"OTEL_TRACES_EXPORTER={named}: blogapp has {', '.join(sorted(EXPORTERS))} and none")
    for name in PROTOCOLS:
        if os.environ.get(name, SPOKEN) != SPOKEN:
            raise Refused(f"{name}={os.environ[name]}: blogapp speaks {SPOKEN}")
    return named or "otlp"
