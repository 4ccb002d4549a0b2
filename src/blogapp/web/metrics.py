"""`/metrics`, for the operator alone: to everybody else there is no such page."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Mapping
from functools import partial
from ipaddress import ip_address

from quart import Quart, Response, request
from sqlalchemy.exc import SQLAlchemyError

from blogapp.errors import NotFound
from blogapp.infra import backlog
from blogapp.infra.backlog import Backlog
from blogapp.infra.db import Database
from blogapp.infra.exposition import CONTENT_TYPE, Exposition
from blogapp.infra.metrics import POOL_IN_USE, POOL_SIZE, Metrics
from blogapp.settings import Settings
from blogapp.web.context import EXTENSION, client_address, db
from blogapp.web.edge import BEHIND
from blogapp.web.errors import SAYINGS

PATIENCE = 2.0
"""Seconds the database has to say what waits; Prometheus itself gives up after ten."""

PASSED_ON = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"}
"""Headers of proxies. From one that is not trusted the client's address is unknown, however near it seems."""


def install(app: Quart, settings: Settings, metrics: Metrics) -> None:
    async def scrape() -> Response:
        if not _is_operator(settings):
            raise NotFound(SAYINGS[404])
        text = Exposition(*metrics.totals(), await _backlog()).text()
        response = Response(text, content_type=CONTENT_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.add_url_rule("/metrics", "metrics", scrape, methods=["GET"])


def count_while_serving(app: Quart, metrics: Metrics, gauges: Mapping[str, Callable[[], int]]) -> None:
    """To be called once what opens resources is registered."""
    for name, read in gauges.items():
        metrics.watch(name, read)

    @app.while_serving
    async def counting() -> AsyncGenerator[None, None]:
        database: Database = app.extensions[EXTENSION].db
        for pool in database.pools():
            metrics.watch(POOL_SIZE, partial(_of_pool, database, pool, 0), pool)
            metrics.watch(POOL_IN_USE, partial(_of_pool, database, pool, 1), pool)
        with metrics.shared():
            beat = asyncio.create_task(metrics.beat())
            yield
            beat.cancel()
            await asyncio.wait({beat})


def _of_pool(database: Database, pool: str, which: int) -> int:
    return database.pools()[pool][which]


def _is_operator(settings: Settings) -> bool:
    if token := settings.metrics_token.get_secret_value():
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    if BEHIND not in request.scope and any(name in request.headers for name in PASSED_ON):
        return False
    try:
        client = ip_address(client_address().partition("%")[0])
    except ValueError:
        return False
    client = getattr(client, "ipv4_mapped", None) or client
    return any(client in network for network in settings.metrics_clients)


async def _backlog() -> Backlog | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await backlog.of(db())
    except (SQLAlchemyError, OSError):
        return None
