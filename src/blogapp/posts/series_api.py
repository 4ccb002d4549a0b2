"""Series as JSON."""

from __future__ import annotations

from quart import Response

from blogapp.accounts.schemas import Message
from blogapp.posts import arranging, series, series_documents, series_queries
from blogapp.posts.series_schemas import SeriesChange, SeriesDraft, SeriesList, SeriesOrder, SeriesWhole
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db
from blogapp.web.documents import answer, body
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import ACCOUNT, Access, Operation, Tag
from blogapp.web.paging import page_asked, page_of

SERIES = Tag("Series", "Posts that are to be read in an order.")
OWNER = Access("Its author and administrators.")
NO_SERIES = {404: series.NO_SERIES}


@api.get("/series")
@Operation("List series", SERIES, SeriesList, paged=True)
async def list_series() -> Response:
    """Those with a listed post in them, and all of your own; newest first."""
    asked = page_asked()
    rows, total = await series_queries.listed(db(), actor().id or 0, asked.offset, asked.size)
    page = page_of([series_documents.shown(row) for row in rows], total, asked)
    keep("series", "authors")
    return answer(SeriesList(series=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.post("/series")
@Operation("Make a series", SERIES, SeriesWhole, 201, takes=SeriesDraft, access=ACCOUNT, location=True)
@limited("write")
async def make_series() -> Response:
    """Nobody else sees it before a listed post is in it."""
    asker, draft = require_actor(), await body(SeriesDraft)
    async with db().transaction() as session:
        series_id = await series.make(session, asker, draft)
    response = await _read(series_id, 201)
    response.headers["Location"] = url_for("api.read_series", series_id=series_id)
    return response


@api.get("/series/<id:series_id>")
@Operation("Read a series", SERIES, SeriesWhole, refusals=NO_SERIES)
async def read_series(series_id: int) -> Response:
    """Its author sees all its posts, others those that are listed."""
    return await _read(series_id)


@api.route("/series/<id:series_id>", methods=["PUT", "PATCH"])
@Operation("Change a series", SERIES, SeriesWhole, takes=SeriesChange, access=OWNER, refusals=NO_SERIES)
@limited("write")
async def change_series(series_id: int) -> Response:
    """PUT and PATCH do the same: what is left out, or null, stays as it is. Its address stays whatever its title is."""
    asker, asked = require_actor(), await body(SeriesChange)
    async with db().transaction() as session:
        await series.change(session, asker, series_id, asked)
    return await _read(series_id)


@api.delete("/series/<id:series_id>")
@Operation("Delete a series", SERIES, Message, access=OWNER, refusals=NO_SERIES)
@limited("write")
async def delete_series(series_id: int) -> Response:
    """Its posts stay."""
    asker = require_actor()
    async with db().transaction() as session:
        await series.remove(session, asker, series_id)
    return answer(Message(message="Series deleted"))


@api.put("/series/<id:series_id>/posts")
@Operation("Put a series in order", SERIES, SeriesWhole, takes=SeriesOrder, access=OWNER, refusals=NO_SERIES)
@limited("write")
async def arrange_series(series_id: int) -> Response:
    """`ids` are all its posts from now on: what is new among them is put in, what is missing is taken out."""
    asker, asked = require_actor(), await body(SeriesOrder)
    async with db().transaction() as session:
        await arranging.arrange(session, asker, series_id, asked.ids)
    return await _read(series_id)


async def _read(series_id: int, status: int = 200) -> Response:
    document = await series_documents.whole(series_id)
    keep(f"series:{series_id}", "authors")
    return answer(document, status)
