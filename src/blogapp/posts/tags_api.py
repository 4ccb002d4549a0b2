"""Tags as JSON."""

from __future__ import annotations

from typing import Any

from quart import Response

from blogapp.errors import NotFound
from blogapp.posts import tag_queries, tagging
from blogapp.tags.schemas import TagChange, TagList, TagMerge, TagOut
from blogapp.tags.service import NO_TAG, TAKEN
from blogapp.web.addresses import url_for
from blogapp.web.auth import require_actor
from blogapp.web.blueprints import api
from blogapp.web.context import db
from blogapp.web.documents import answer, body
from blogapp.web.keeping import keep
from blogapp.web.limits import limited
from blogapp.web.operations import Access, Operation, Tag
from blogapp.web.paging import page_asked, page_of

TAGS = Tag("Tags", "What posts are about.")
ADMINISTRATORS = Access("Administrators.")
REFUSALS = {404: NO_TAG}


@api.get("/tags")
@Operation("List tags", TAGS, TagList, paged=True)
async def list_tags() -> Response:
    """Those that a listed post has, by name."""
    asked = page_asked()
    rows, total = await tag_queries.in_use(db(), asked.offset, asked.size)
    page = page_of([_shown(row, row.number) for row in rows], total, asked)
    keep("tags", "authors")
    return answer(TagList(tags=list(page.items), total=total, pages=page.pages, current_page=page.number))


@api.get("/tags/<slug>")
@Operation("Read a tag", TAGS, TagOut, refusals=REFUSALS)
async def read_tag(slug: str) -> Response:
    """Also by a `slug` that it had before. Its posts are `GET /api/posts?tag=<slug>`."""
    row = await tag_queries.by_slug(db(), slug)
    if row is None:
        raise NotFound(NO_TAG)
    keep(f"tag:{row.id}", "authors")
    return await _read(row)


@api.patch("/tags/<slug>")
@Operation(
    "Rename a tag",
    TAGS,
    TagOut,
    takes=TagChange,
    access=ADMINISTRATORS,
    refusals={**REFUSALS, 409: TAKEN},
)
@limited("write")
async def rename_tag(slug: str) -> Response:
    """On all its posts at once. Its old address leads to it for ever; authors who still write its old name get it."""
    actor, asked = require_actor(), await body(TagChange)
    async with db().transaction() as session:
        tag = await tagging.rename(session, actor, slug, asked.name)
    return await _read(tag)


@api.post("/tags/<slug>/merge")
@Operation(
    "Merge a tag into another",
    TAGS,
    TagOut,
    takes=TagMerge,
    access=ADMINISTRATORS,
    refusals={**REFUSALS, 409: tagging.ITSELF},
)
@limited("write")
async def merge_tag(slug: str) -> Response:
    """The other one has the posts of both, and is what the old address and the old name lead to."""
    actor, asked = require_actor(), await body(TagMerge)
    async with db().transaction() as session:
        tag = await tagging.merge(session, actor, slug, asked.into)
    return await _read(tag)


async def _read(tag: Any) -> Response:
    return answer(_shown(tag, await tag_queries.count_of(db(), tag.id)))


def _shown(tag: Any, count: int) -> TagOut:
    return TagOut(name=tag.name, slug=tag.slug, count=count, url=url_for("main.tag", slug=tag.slug))
