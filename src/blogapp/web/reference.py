"""The API's description: the OpenAPI document and a page to browse it."""

from __future__ import annotations

from quart import Response, current_app

from blogapp.web.blueprints import api
from blogapp.web.openapi import document
from blogapp.web.operations import answer
from blogapp.web.rendering import render


@api.get("/openapi.json")
async def openapi() -> Response:
    return answer(document(current_app))


@api.get("/docs")
async def docs() -> Response:
    return render("api/docs.html", document=document(current_app))
