"""What readers see of years and months."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from quart.typing import ResponseReturnValue

from blogapp.errors import NotFound
from blogapp.posts import archive_queries, spans
from blogapp.web.addresses import pages_of, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import db
from blogapp.web.keeping import keep
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import render

POSTS_A_PAGE = 20
NOTHING = "Nothing appeared here at that time."
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@main.get("/archive")
async def archive() -> ResponseReturnValue:
    rows = await archive_queries.months(db())
    keep("home")
    years = [(year, [_month(row) for row in found]) for year, found in groupby(rows, lambda row: int(row.month[:4]))]
    return render("site/archive.html", years=years)


@main.get("/archive/<id:year>")
async def archived_year(year: int) -> ResponseReturnValue:
    try:
        span = spans.year(year)
    except ValueError:
        raise NotFound(NOTHING) from None
    return await _page(span, str(year), url_for("main.archived_year", year=year))


@main.get("/archive/<id:year>/<id:month>")
async def archived_month(year: int, month: int) -> ResponseReturnValue:
    try:
        span = spans.month(month, year)
    except ValueError:
        raise NotFound(NOTHING) from None
    return await _page(span, f"{MONTHS[month - 1]} {year}", url_for("main.archived_month", year=year, month=month))


async def _page(span: spans.Span, title: str, address: str) -> ResponseReturnValue:
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await archive_queries.newest_in(db(), span, asked.offset, asked.size)
    if not rows:
        raise NotFound(NOTHING)
    keep("home", "lists")
    page = page_of(rows, total, asked)
    return render("site/archived.html", title=title, page=page, page_url=pages_of(address))


def _month(row: Any) -> dict[str, Any]:
    number = int(row.month[5:])
    return {"name": MONTHS[number - 1], "number": number, "posts": row.number}
