"""For pages that show what a link leads to: oEmbed (https://oembed.com), type `link`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf
from typing import Any
from urllib.parse import urlsplit

from quart import Response

from blogapp.errors import Invalid, NotFound, Violation
from blogapp.posts import queries
from blogapp.posts.models import PUBLISHED
from blogapp.site.sharing_marks import sizes
from blogapp.web.addresses import OEMBED, author_url, mounted_at, site
from blogapp.web.blueprints import main
from blogapp.web.context import db, query, resources
from blogapp.web.documents import answer
from blogapp.web.keeping import keep

NO_ADDRESS = "Send the address of a post as `url`."
NO_POST = "There is no such post here."
NO_PIXELS = "Send a number of pixels, like 400."

_PIXELS = re.compile("[1-9][0-9]{0,8}")
_PATH = re.compile(r"/posts/([1-9][0-9]{0,8})(?:/[^/]*)?")


@main.get(OEMBED)
async def oembed() -> Response:
    """Of a published post, as JSON (another format is answered with 501, 2.3.3). Anybody's script may read it.

    A thumbnail is no larger than `maxwidth` and `maxheight` allow, or left out (2.3.4).
    """
    asked = query()
    if asked.get("format", "json") != "json":
        return Response("Only the format json is given here.", 501, content_type="text/plain; charset=utf-8")
    widest, highest = _most(asked, "maxwidth"), _most(asked, "maxheight")
    post = await queries.by_id(db(), _post_id(asked.get("url", "")))
    if post is None or post.state != PUBLISHED or post.trashed_at is not None:
        raise NotFound(NO_POST)
    here, settings = site(resources().settings.site_url), resources().settings
    document: dict[str, Any] = {
        "version": "1.0",
        "type": "link",
        "title": post.title,
        "author_name": post.author_name,
        "author_url": here + author_url(post.author).removeprefix(mounted_at.get()),
        "provider_name": settings.site_name,
        "provider_url": here + "/",
    }
    fitting = (one for one in sizes(post) if one.width <= widest and one.height <= highest)
    if shown := next(fitting, None):
        document |= {
            "thumbnail_url": here + shown.path,
            "thumbnail_width": shown.width,
            "thumbnail_height": shown.height,
        }
    keep(f"post:{post.id}", f"user:{post.user_id}")
    response = answer(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _most(asked: Mapping[str, str], name: str) -> float:
    """Pixels. Raises Invalid for what is no number of them."""
    if name not in asked:
        return inf
    if not _PIXELS.fullmatch(asked[name]):
        raise Invalid(NO_PIXELS, Violation(name, NO_PIXELS, "value_error"))
    return int(asked[name])


def _post_id(address: str) -> int:
    """Raises Invalid for what is no address, NotFound for one of another site."""
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if not parts.netloc:
        raise Invalid(NO_ADDRESS, Violation("url", NO_ADDRESS, "value_error"))
    here = urlsplit(site(resources().settings.site_url))
    found = _PATH.fullmatch(parts.path.removeprefix(here.path))
    if parts.netloc.lower() != here.netloc.lower() or found is None:
        raise NotFound(NO_POST)
    return int(found[1])
