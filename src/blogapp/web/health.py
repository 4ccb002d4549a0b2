"""Whether the process is well, and whether it should get traffic."""

from __future__ import annotations

import orjson
from quart import Quart, Response
from sqlalchemy.exc import SQLAlchemyError

from blogapp.infra import migrations
from blogapp.web.context import resources


def install(app: Quart) -> None:
    app.add_url_rule("/livez", "livez", livez, methods=["GET"])
    app.add_url_rule("/readyz", "readyz", readyz, methods=["GET"])


async def livez() -> Response:
    return _answer(200, status="ok")


async def readyz() -> Response:
    """503 while draining, while the database is away, or when this program can't work with its revision."""
    if resources().draining.is_set():
        return _answer(503, status="draining")
    try:
        async with resources().db.read() as connection:
            current = await migrations.is_current(connection)
    except (SQLAlchemyError, OSError):
        return _answer(503, status="unavailable", database="away")
    if not current:
        return _answer(503, status="unavailable", database="ok", migrations="run `blogapp db upgrade`")
    return _answer(200, status="ok", database="ok", migrations="ok")


def _answer(code: int, **facts: str) -> Response:
    response = Response(orjson.dumps(facts), code, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
