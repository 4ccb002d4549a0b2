"""A feed as an answer: in one of three formats, known again by its tag and its time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import NamedTuple

from quart import Response, request
from werkzeug.http import http_date

from blogapp.site import feeds
from blogapp.site.feeds import Entry, Feed
from blogapp.text import visible
from blogapp.web.addresses import origin
from blogapp.web.context import resources
from blogapp.web.documents import is_known, not_modified

ENDING = "/feed.<any(atom, rss, json):kind>"


class Format(NamedTuple):
    mimetype: str
    write: Callable[[Feed], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "atom": Format("application/atom+xml; charset=utf-8", feeds.atom),
        "rss": Format("application/rss+xml; charset=utf-8", feeds.rss),
        "json": Format("application/feed+json; charset=utf-8", feeds.json_feed),
    }
)


def site_name() -> str:
    return resources().settings.site_name


class About(NamedTuple):
    """What a feed tells of itself; `path` is where its page is, and a `hub` hears of its changes."""

    title: str
    path: str
    description: str
    hub: str = ""


def answer(kind: str, entries: Sequence[Entry], about: About) -> Response:
    """304 for who has it already, by its tag or its time. Anybody's script may read it."""
    here = origin(resources().settings.site_url)
    address = f"{here}{about.path.rstrip('/')}/feed.{kind}"
    found = Feed(visible(about.title), here + about.path, address, visible(about.description), entries, about.hub)
    content = FORMATS[kind].write(found)
    tag, time = sha256(content).hexdigest()[:32], http_date(found.updated)
    headers = {
        "ETag": f'"{tag}"',
        "Last-Modified": time,
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",
    }
    if about.hub:
        headers["Link"] = f'<{about.hub}>; rel="hub", <{address}>; rel="self"'
    has_time = "If-None-Match" not in request.headers and request.headers.get("If-Modified-Since") == time
    if is_known(tag) or has_time:
        return not_modified(headers)
    return Response(content, 200, headers, content_type=FORMATS[kind].mimetype)
