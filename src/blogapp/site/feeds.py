"""The newest posts for programs that people read with: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

import orjson
from feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed

LANGUAGE = "en"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without posts was changed last: its bytes stay the same."""

_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_ROOTED = re.compile(r'(\s(?:href|src)=")(/(?!/)|#)')
_SOURCES = re.compile(r'(\ssrcset=")([^"]*)')


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    """Its address without words, which stays whatever becomes of its title."""
    url: str
    title: str
    html: str
    summary: str
    """As plain text."""
    authors: Sequence[Author]
    published: datetime
    updated: datetime
    tags: Sequence[str]
    picture: str | None
    picture_bytes: int = 0
    """As RSS wants it told of an enclosure; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    url: str
    """Of the page that shows the same."""
    address: str
    description: str
    entries: Sequence[Entry]
    hub: str = ""
    """Of WebSub; it hears of each change."""

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=NEVER)


def absolute(html: str, origin: str, page: str) -> str:
    """With addresses that lead somewhere from everywhere; `page` is what those within it belong to."""
    html = _ROOTED.sub(lambda found: found[1] + (f"{page}#" if found[2] == "#" else f"{origin}/"), html)
    return _SOURCES.sub(lambda found: found[1] + _with_origin(found[2], origin), html)


def atom(feed: Feed) -> bytes:
    return _written(_Atom, feed)


def rss(feed: Feed) -> bytes:
    return _written(_Rss, feed)


def json_feed(feed: Feed) -> bytes:
    """https://www.jsonfeed.org/version/1.1/"""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "home_page_url": feed.url,
            "feed_url": feed.address,
            "description": feed.description,
            "language": LANGUAGE,
            "items": [_item(entry) for entry in feed.entries],
            **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        }
    )


def _item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [{"name": author.name, "url": author.url} for author in entry.authors],
        "tags": list(entry.tags),
    }
    return item | ({"image": entry.picture} if entry.picture else {})


class _Atom(Atom1Feed):  # type: ignore[misc]  # it has no types
    def latest_post_date(self) -> datetime:
        return self.feed["updated"]  # type: ignore[no-any-return]  # as above

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("link", "", {"rel": "hub", "href": self.feed["hub"]})

    def add_item_elements(self, handler: Any, item: Mapping[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author.name)
            handler.addQuickElement("uri", author.url)
            handler.endElement("author")
        handler.addQuickElement("content", item["html"], {"type": "html"})


class _Rss(Rss201rev2Feed):  # type: ignore[misc]  # it has no types
    def latest_post_date(self) -> datetime:
        return self.feed["updated"]  # type: ignore[no-any-return]  # as above

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:dc": _DUBLIN_CORE, "xmlns:content": _CONTENT}

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("atom:link", "", {"rel": "hub", "href": self.feed["hub"]})

    def add_item_elements(self, handler: Any, item: Mapping[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.addQuickElement("dc:creator", author.name)
        handler.addQuickElement("content:encoded", item["html"])


def _written(kind: type[Any], feed: Feed) -> bytes:
    made = kind(
        feed.title,
        feed.url,
        feed.description,
        language=LANGUAGE,
        subtitle=feed.description,
        feed_url=feed.address,
        updated=feed.updated,
        hub=feed.hub,
    )
    for entry in feed.entries:
        made.add_item(
            entry.title,
            entry.url,
            escape(entry.summary, quote=False),
            pubdate=entry.published,
            updateddate=entry.updated,
            unique_id=entry.id,
            unique_id_is_permalink=False,
            categories=entry.tags,
            enclosures=_enclosures(entry),
            authors=entry.authors,
            html=entry.html,
        )
    return str(made.writeString("utf-8")).encode()


def _enclosures(entry: Entry) -> list[Any]:
    if not entry.picture:
        return []
    kind = mimetypes.guess_type(entry.picture)[0] or "application/octet-stream"
    return [Enclosure(entry.picture, str(entry.picture_bytes), kind)]


def _with_origin(sources: str, origin: str) -> str:
    return ", ".join(origin + one if one.startswith("/") else one for one in sources.split(", "))
