"""What a post tells those who show links to it: search engines, chats, social networks.

Open Graph (https://ogp.me), Twitter's cards, and JSON-LD after https://schema.org/BlogPosting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

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
    """For the head of its page. `site` is where the blog is for others. Each word is escaped once, which costs most."""
    here, about, title = escape(site), escape(description), escape(post.title)
    address = f"{here}/posts/{post.id}/{post.slug}"
    shown = picture(post)
    described = title if shown.alt is post.title else escape(shown.alt)
    tags = "".join(f'\n  <meta property="article:tag" content="{escape(label.name)}">' for label in unpack(post.tags))
    return Markup(  # noqa: S704  # each part is escaped, or a slug, a number or a moment
        f"""  <link rel="canonical" href="{address}">
  <link rel="alternate" type="application/json+oembed" href="{here}/oembed?url={address}">
  <meta property="og:site_name" content="{escape(site_name)}">
  <meta property="og:title" content="{title}">
  <meta property="og:description" content="{about}">
  <meta property="og:type" content="article">
  <meta property="og:url" content="{address}">
  <meta property="article:published_time" content="{post.published_at.isoformat(timespec="seconds")}">
  <meta property="article:modified_time" content="{post.updated_at.isoformat(timespec="seconds")}">
  <meta property="og:image" content="{here}{shown.path}">
  <meta property="og:image:width" content="{shown.width}">
  <meta property="og:image:height" content="{shown.height}">
  <meta property="og:image:alt" content="{described}">{tags}
  <meta name="twitter:card" content="summary_large_image">
  <script type="application/ld+json">{_linked_data(post, site, description, shown)}</script>"""
    )


def picture(post: Any) -> Picture:
    """Its cover, or else its card."""
    if cover := covers.unpack(post.cover):
        return Picture(cover.address, cover.width, cover.height, cover.alt)
    return Picture(card_path(post), cards.WIDTH, cards.HEIGHT, post.title)


def sizes(post: Any) -> Iterator[Picture]:
    """Its picture in all sizes that it can be had in, the largest first."""
    whole = picture(post)
    yield whole
    if cover := covers.unpack(post.cover):
        for address, width in reversed(cover.widths):
            if width < whole.width:
                yield Picture(address, width, round(whole.height * width / whole.width), cover.alt)


def card_path(post: Any) -> str:
    return f"/posts/{post.id}/card.png?version={post.version}"


def _linked_data(post: Any, site: str, description: str, shown: Picture) -> str:
    """As it may stand in a page: what could end its element is written as JSON can write it, too."""
    address = f"{site}/posts/{post.id}/{post.slug}"
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
            {"@type": "Person", "name": name, "url": f"{site}/users/{quote(username)}"}
            for username, name in bylines.credited(post)
        ],
        "image": f"{site}{shown.path}",
        "commentCount": post.comments_count,
    }
    if tags := unpack(post.tags):
        document["keywords"] = [label.name for label in tags]
    return orjson.dumps(document).decode().replace("<", "\\u003c").replace("&", "\\u0026")
