"""What search engines ask for: which addresses there are, and which they may leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from quart import Response

from blogapp.errors import NotFound
from blogapp.posts import address_queries
from blogapp.web.addresses import author_url, origin, post_address, series_url, tag_url, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.keeping import keep

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
KINDS = "posts, authors, tags, series"
FOR_OTHERS = ("admin", "auth/", "dashboard", "settings", "posts/new")
"""Beginnings of addresses where a stranger finds a form or nothing."""

_ADDRESSES: dict[str, Callable[[Any], str]] = {
    "posts": lambda row: post_address(row.id, row.name),
    "authors": lambda row: author_url(row.name),
    "tags": lambda row: tag_url(row.name),
    "series": lambda row: series_url(row.name),
}


@main.get("/robots.txt")
async def robots() -> Response:
    """RFC 9309."""
    index = url_for("main.index")
    lines = ["User-agent: *", *(f"Disallow: {index}{path}" for path in FOR_OTHERS)]
    keep("robots")
    return Response("\n".join([*lines, "", f"Sitemap: {_here()}{url_for('main.sitemap')}", ""]), mimetype="text/plain")


@main.get("/sitemap.xml")
async def sitemap() -> Response:
    """The others by their number (sitemaps.org)."""
    ranges = await address_queries.ranges(db())
    keep("home", "tags", "series", "users")
    addresses = [
        url_for("main.sitemap_part", kind=kind, number=number)
        for kind, last in ranges.items()
        for number in range(1, last + 1)
    ]
    return _document("sitemapindex", "sitemap", ((address, None) for address in addresses))


@main.get(f"/sitemap-<any({KINDS}):kind>-<id:number>.xml")
async def sitemap_part(kind: str, number: int) -> Response:
    if not 1 <= number <= (await address_queries.ranges(db()))[kind]:
        raise NotFound("There is no such part.")
    rows = await address_queries.in_range(db(), kind, number)
    keep("home", "tags", "series", "users", "authors")
    home = [(url_for("main.index"), None)] if kind == "posts" and number == 1 else []
    return _document("urlset", "url", [*home, *((_ADDRESSES[kind](row), row.changed) for row in rows)])


def _document(root: str, element: str, found: Iterable[tuple[str, datetime | None]]) -> Response:
    here = _here()
    lines = (f"<{element}><loc>{escape(here + address)}</loc>{_lastmod(at)}</{element}>" for address, at in found)
    text = (
        f'<?xml version="1.0" encoding="utf-8"?>\n<{root} xmlns="{NAMESPACE}">\n' + "\n".join(lines) + f"\n</{root}>\n"
    )
    return Response(text, mimetype="application/xml")


def _lastmod(moment: datetime | None) -> str:
    return f"<lastmod>{moment.isoformat(timespec='seconds')}</lastmod>" if moment else ""


def _here() -> str:
    return origin(resources().settings.site_url)
