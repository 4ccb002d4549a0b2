"""Feeds of the blog, of an author, a tag and a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quart import Response

from blogapp import bylines, covers
from blogapp.accounts import queries as accounts
from blogapp.errors import NotFound
from blogapp.labels import unpack
from blogapp.media import queries as media
from blogapp.media.names import ADDRESS
from blogapp.posts import feed_queries, series_queries, tag_queries
from blogapp.posts.series_documents import found as series_found
from blogapp.site import feeds
from blogapp.site.feed_answers import ENDING, About, answer, site_name
from blogapp.site.feeds import Author, Entry
from blogapp.tags.service import NO_TAG
from blogapp.text import excerpt, visible
from blogapp.web.addresses import author_url, origin, post_url, series_url, tag_url, url_for
from blogapp.web.blueprints import main
from blogapp.web.context import db, resources
from blogapp.web.keeping import keep
from blogapp.web.rendering import body


@main.get(ENDING)
async def feed(kind: str) -> Response:
    rows = await feed_queries.newest(db())
    keep("home")
    return await _answer(kind, rows, site_name(), url_for("main.index"), f"The newest posts on {site_name()}.")


@main.get(f"/users/<path:username>{ENDING}")
async def author_feed(kind: str, username: str) -> Response:
    user = await accounts.by_username(db(), username)
    if user is None:
        raise NotFound("There is nobody of that name here.")
    rows = await feed_queries.newest_of(db(), user.id)
    keep(f"user:{user.id}", "lists")
    name = user.profile_name or user.username
    words = user.profile_bio or f"Posts by {name} on {site_name()}."
    return await _answer(kind, rows, f"{name} \u00b7 {site_name()}", author_url(user.username), words)


@main.get(f"/tags/<slug>{ENDING}")
async def tag_feed(kind: str, slug: str) -> Response:
    """Also by an address that the tag had once."""
    tag = await tag_queries.by_slug(db(), slug)
    if tag is None:
        raise NotFound(NO_TAG)
    rows = await feed_queries.newest_tagged(db(), tag.id)
    keep(f"tag:{tag.id}", "authors", "lists")
    words = f"Posts about {tag.name} on {site_name()}."
    return await _answer(kind, rows, f"{tag.name} \u00b7 {site_name()}", tag_url(tag.slug), words)


@main.get(f"/series/<slug>{ENDING}")
async def series_feed(kind: str, slug: str) -> Response:
    row, _ = await series_found(await series_queries.by_slug(db(), slug))
    rows = await feed_queries.newest_in(db(), row.id)
    keep(f"series:{row.id}", "authors", "lists")
    words = row.description or f"A series by {row.author_name}."
    return await _answer(kind, rows, f"{row.title} \u00b7 {site_name()}", series_url(row.slug), words)


async def _answer(kind: str, rows: Sequence[Any], title: str, path: str, description: str) -> Response:
    here = origin(resources().settings.site_url)
    sizes = await _sizes_of_covers(rows)
    entries = [_entry(row, here, sizes) for row in rows]
    return answer(kind, entries, About(title, path, description, resources().settings.websub_hub))


async def _sizes_of_covers(rows: Sequence[Any]) -> dict[str, int]:
    """Bytes, by address."""
    addresses = [cover.address for row in rows if (cover := covers.unpack(row.cover))]
    found = await media.named(db(), {address.removeprefix(ADDRESS) for address in addresses})
    return {ADDRESS + one.name: one.bytes for one in found}


def _entry(row: Any, here: str, sizes: Mapping[str, int]) -> Entry:
    url, cover = here + post_url(row), covers.unpack(row.cover)
    return Entry(
        id=f"{here}{url_for('main.post', id=row.id)}",
        url=url,
        title=visible(row.title),
        html=feeds.absolute(visible(str(body(row))), here, url),
        summary=visible(excerpt(row.excerpt or row.content)),
        authors=[Author(visible(name), here + author_url(username)) for username, name in bylines.credited(row)],
        published=row.published_at,
        updated=row.updated_at,
        tags=[visible(label.name) for label in unpack(row.tags)],
        picture=f"{here}{cover.address}" if cover else None,
        picture_bytes=sizes.get(cover.address, 0) if cover else 0,
    )
