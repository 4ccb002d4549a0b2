"""The API's description: the OpenAPI document and a page to browse it."""

from __future__ import annotations

from quart import Response, current_app, request

from blogapp.web import guide
from blogapp.web.addresses import url_for
from blogapp.web.blueprints import api
from blogapp.web.context import resources
from blogapp.web.documents import is_known, not_modified
from blogapp.web.openapi import Published, published
from blogapp.web.operations import JSON, Operation, Tag
from blogapp.web.rendering import render

DESCRIPTION = Tag("Description", "What this API is, for programs and for people.")
FRESH = "public, max-age=300"
"""The description changes with the program only."""


@api.get("")
@Operation("Find the description", DESCRIPTION, status=303, location=True, media_type=None)
async def start() -> Response:
    """Leads people to the reference, and programs by `Link: rel="service-desc"` (RFC 8631) to this document."""
    response = Response("", 303)
    response.headers["Location"] = url_for("api.docs")
    response.headers["Link"] = f'<{url_for("api.openapi")}>; rel="service-desc"; type="{JSON}"'
    return response


@api.get("/openapi.json")
@Operation("Read this document", DESCRIPTION, conditional=True)
async def openapi() -> Response:
    """OpenAPI 3.1, with every status, header and problem."""
    made = _published()
    response = not_modified() if is_known(made.tag) else Response(made.content, content_type=JSON)
    response.headers["ETag"] = f'"{made.tag}"'
    response.headers["Cache-Control"] = FRESH
    return response


@api.get("/docs")
@Operation("Browse the reference", DESCRIPTION, media_type="text/html")
async def docs() -> Response:
    """The same for people: every call with its rules, answers and an example."""
    site = resources().settings.site_url or request.host_url.rstrip("/")
    return render("api/docs.html", **guide.read(_published(), site))


def _published() -> Published:
    return published(current_app, resources().settings)
