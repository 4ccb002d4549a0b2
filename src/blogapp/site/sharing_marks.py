"""What a post tells those who show links to it: search engines, chats, social networks.

Open Graph (https://ogp.me), Twitter's cards, and JSON-LD after https://schema.org/BlogPosting.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from markupsafe import Markup, escape

from blogapp import bylines, covers
from blogapp.labels import unpack
from blogapp.site import cards

LONGEST_HEADLINE = 110
"""Characters that search engines show of one."""


class Picture(NamedTuple):
    """`path` begins where the blog begins; width and height are in pixels."""

    path: str
    width: int
    height: int
    alt: str


def marks(post: Any, site: str, site_name: str, description: str) -> Markup:
    """For the head of its page. `site` is where the blog is for others."""
    address = f"{site}/posts/{post.id}/{post.slug}"
    properties = _properties(post, site, address)
    words = {"og:site_name": site_name, "og:title": post.title, "og:description": description}
    tags = [label.name for label in unpack(post.tags)]
    every = [*words.items(), *properties.items(), *(("article:tag", tag) for tag in tags)]
    metas = "\n".join(f'  <meta property="{name}" content="{escape(value)}">' for name, value in every)
    linked = _linked_data(post, site, address, description)
    return Markup(  # noqa: S704  # each part is escaped
        f'  <link rel="canonical" href="{escape(address)}">\n'
        f'  <link rel="alternate" type="application/json+oembed" href="{escape(site)}/oembed?url={escape(address)}">\n'
        f"{metas}\n"
        f'  <meta name="twitter:card" content="summary_large_image">\n'
        f'  <script type="application/ld+json">{linked}</script>'
    )


def _properties(post: Any, site: str, address: str) -> dict[str, object]:
    moments = {
        "article:published_time": post.published_at.isoformat(timespec="seconds"),
        "article:modified_time": post.updated_at.isoformat(timespec="seconds"),
    }
    shown = picture(post)
    pictured = {
        "og:image": f"{site}{shown.path}",
        "og:image:width": shown.width,
        "og:image:height": shown.height,
        "og:image:alt": shown.alt,
    }
    return {"og:type": "article", "og:url": address, **moments, **pictured}


def picture(post: Any) -> Picture:
    """Its cover, or else its card."""
    if cover := covers.unpack(post.cover):
        return Picture(cover.address, cover.width, cover.height, cover.alt)
    return Picture(card_path(post), cards.WIDTH, cards.HEIGHT, post.title)


def card_path(post: Any) -> str:
    return f"/posts/{post.id}/card.png?version={post.version}"


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
        "image": f"{site}{picture(post).path}",
        "commentCount": post.comments_count,
    }
    if tags := unpack(post.tags):
        document["keywords"] = [label.name for label in tags]
    return orjson.dumps(document).decode().replace("<", "\\u003c").replace("&", "\\u0026")
