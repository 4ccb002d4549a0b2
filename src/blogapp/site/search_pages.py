"""What readers find."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

from quart.typing import ResponseReturnValue

from blogapp.errors import Invalid
from blogapp.posts import finding
from blogapp.posts.finding import Hit
from blogapp.web.addresses import url_for
from blogapp.web.blueprints import main
from blogapp.web.context import actor, db, query
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
        return render("site/search.html", 422, line=line, problem=error.detail, page=none, is_more=False)
    page = page_of(found.hits, found.total, asked)
    turn = partial(_address, line)
    return render("site/search.html", line=line, problem="", page=page, is_more=found.is_more, page_url=turn)


def _address(line: str, number: int) -> str:
    return f"{url_for('main.search')}?{urlencode({'q': line, **({'page': number} if number > 1 else {})})}"
