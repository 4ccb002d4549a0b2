"""What readers see of tags."""

from __future__ import annotations

from quart.typing import ResponseReturnValue

from blogapp.community import documents as community
from blogapp.errors import NotFound
from blogapp.labels import clean
from blogapp.posts import tag_queries
from blogapp.tags.service import NO_TAG
from blogapp.web.addresses import moved, pages_of, tag_url, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import db, heard
from blogapp.web.keeping import keep
from blogapp.web.paging import page_asked, page_of
from blogapp.web.rendering import made_after, render

POSTS_A_PAGE = 10
TAGS_A_PAGE = 100


@main.get("/tags")
async def tags() -> ResponseReturnValue:
    asked = page_asked(TAGS_A_PAGE)
    rows, total = await tag_queries.in_use(db(), asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep("tags", "authors")
    return render("site/tags.html", page=page, page_url=pages_of(url_for("main.tags")))


@main.get("/tags/<slug>")
async def tag(slug: str) -> ResponseReturnValue:
    """Where the tag was once leads to where it is, and so does its name. One that no listed post has is an empty page."""
    since = heard()
    found = await tag_queries.by_slug(db(), slug) or await tag_queries.by_name(db(), clean(slug))
    if found is None:
        raise NotFound(NO_TAG)
    if found.slug != slug:
        return moved(tag_url(found.slug))
    asked = page_asked(POSTS_A_PAGE)
    rows, total = await tag_queries.newest_of(db(), found.id, asked.offset, asked.size)
    page = page_of(rows, total, asked)
    keep(f"tag:{found.id}", "authors", "lists")
    follows = await community.follows_tag(found.id)
    made = render("site/tag.html", tag=found, page=page, page_url=pages_of(tag_url(slug)), follows=follows)
    return made_after(since, made)
