"""What a post tells those who show links to it: search engines, chats, social networks.

Open Graph (https://ogp.me), Twitter's cards, and JSON-LD after https://schema.org/BlogPosting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from markupsafe import Markup, escape

from blogapp import bylines, covers
from blogapp.labels import unpack

LONGEST_HEADLINE = 110
"""Characters that search engines show of one."""


def marks(post: Any, site: str, site_name: str, description: str) -> Markup:
    """For the head of its page. `site` is where the blog is for others."""
    address = f"{site}/posts/{post.id}/{post.slug}"
    properties = _properties(post, site, address)
    words = {"og:site_name": site_name, "og:title": post.title, "og:description": description}
    tags = [label.name for label in unpack(post.tags)]
    every = [*words.items(), *properties.items(), *(("article:tag", tag) for tag in tags)]
    metas = "\n".join(f'  <meta property="{name}" content="{escape(value)}">' for name, value in every)
    card = "summary_large_image" if post.cover else "summary"
    linked = _linked_data(post, site, address, description)
    return Markup(  # noqa: S704  # each part is escaped
        f'  <link rel="canonical" href="{escape(address)}">\n'
        f'  <link rel="alternate" type="application/json+oembed" href="{escape(site)}/oembed?url={escape(address)}">\n'
        f"{metas}\n"
        f'  <meta name="twitter:card" content="{card}">\n'
        f'  <script type="application/ld+json">{linked}</script>'
    )


def _properties(post: Any, site: str, address: str) -> dict[str, object]:
    moments = {
        "article:published_time": post.published_at.isoformat(timespec="seconds"),
        "article:modified_time": post.updated_at.isoformat(timespec="seconds"),
    }
    return {"og:type": "article", "og:url": address, **moments, **dict(_picture(post, site))}


def _picture(post: Any, site: str) -> Iterator[tuple[str, object]]:
    if cover := covers.unpack(post.cover):
        yield "og:image", f"{site}{cover.address}"
        yield "og:image:width", cover.width
        yield "og:image:height", cover.height
        yield "og:image:alt", cover.alt


def _linked_data(post: Any, site: str, address: str, description: str) -> str:
    """As it may stand in a page: what could end its element is written as JSON can write it, too."""
    document: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": post.title[:LONGEST_HEADLINE],
        "description": description,
        "url": address,
        "mainEntityOfPage": address,
        "datePublished": post.published_at,
        "dateModified": post.updated_at,
        "author": [
            {"@type": "Person", "name": name, "url": f"{site}/users/{username}"}
            for username, name in bylines.credited(post)
        ],
        "commentCount": post.comments_count,
    }
    if cover := covers.unpack(post.cover):
        document["image"] = f"{site}{cover.address}"
    if tags := unpack(post.tags):
        document["keywords"] = [label.name for label in tags]
    return orjson.dumps(document).decode().replace("<", "\\u003c").replace("&", "\\u0026")
