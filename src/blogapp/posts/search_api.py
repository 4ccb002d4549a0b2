"""Search as JSON."""

from __future__ import annotations

from quart import Response

from blogapp import bylines
from blogapp.labels import unpack
from blogapp.posts import finding
from blogapp.posts.documents import POSTS
from blogapp.posts.finding import Hit
from blogapp.posts.search_schemas import FoundPost, SearchResults
from blogapp.web.addresses import post_url
from blogapp.web.blueprints import api
from blogapp.web.context import actor, db, query
from blogapp.web.documents import answer
from blogapp.web.operations import Operation
from blogapp.web.paging import page_asked, page_of


@api.get("/search")
@Operation("Search posts", POSTS, SearchResults, paged=True, parameters=("line",))
async def search() -> Response:
    """In titles and whole texts, whatever the case and accents; with your token, in your own drafts as well."""
    asked = page_asked()
    found = await finding.find(db(), query().get("q", ""), actor(), asked.offset, asked.size)
    page = page_of([_shown(hit) for hit in found.hits], found.total, asked)
    facts = {"total": found.total, "has_more": found.is_more, "pages": page.pages, "current_page": page.number}
    return answer(SearchResults(posts=list(page.items), **facts))


def _shown(hit: Hit) -> FoundPost:
    post = hit.post
    return FoundPost(
        id=post.id,
        title=post.title,
        author=post.author,
        author_id=post.user_id,
        authors=bylines.names(post.author, post.coauthors),
        state=post.state,
        tags=[label.name for label in unpack(post.tags)],
        url=post_url(post),
        published_at=post.published_at,
        title_html=hit.title,
        snippet_html=hit.snippet,
    )
