"""What readers find."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from quart.typing import ResponseReturnValue

from blogapp.errors import Invalid
from blogapp.posts import finding
from blogapp.posts.finding import Hit
from blogapp.web.addresses import origin, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, query, resources
from blogapp.web.limits import metered
from blogapp.web.paging import Page, page_asked, page_of
from blogapp.web.rendering import render

HITS_A_PAGE = 20


@main.get("/search")
@metered
async def search() -> ResponseReturnValue:
    """Without words it is the form alone; with words that can't be looked for it says why beside them."""
    line, asked = query().get("q", ""), page_asked(HITS_A_PAGE)
    try:
        found = await finding.find(db(), line, actor(), asked.offset, asked.size)
    except Invalid as error:
        none: Page[Hit] = page_of([], 0, asked)
        return _page(line, none, problem=error.detail)
    page = page_of(found.hits, found.total, asked)
    return _page(line, page, is_more=found.is_more)


def _page(line: str, page: Page[Hit], *, problem: str = "", is_more: bool = False) -> ResponseReturnValue:
    """Search engines are told that what is found for one line or another is no page of its own."""
    return render(
        "site/search.html",
        422 if problem else 200,
        line=line,
        problem=problem,
        page=page,
        is_more=is_more,
        page_url=partial(_address, line),
        canonical=origin(resources().settings.site_url) + url_for("main.search"),
    )


def _address(line: str, number: int) -> str:
    return f"{url_for('main.search')}?{urlencode({'q': line, **({'page': number} if number > 1 else {})})}"
