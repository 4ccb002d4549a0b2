"""Pages from templates, and how templates write what they are given."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quart import Quart, Request, Response, current_app, g, get_flashed_messages, session

from blogapp import bylines, covers, text
from blogapp.actor import ANONYMOUS
from blogapp.labels import unpack
from blogapp.settings import Settings
from blogapp.web import addresses
from blogapp.web.addresses import Addresses, post_url
from blogapp.web.context import request_at_hand
from blogapp.web.templates import Templates

TEMPLATES = Path(__file__).parent.parent / "templates"
EXTENSION = "blogapp.templates"

OTHER = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Vary": "Cookie"}
FOUND = {**OTHER, "Cache-Control": "no-cache"}

SIDES = {"": 48, "large": 80}
"""In CSS pixels, of portraits by their size."""


def environment(settings: Settings, url_for: Addresses) -> Templates:
    made = Templates(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=not settings.is_production,
    )
    made.globals.update(
        url_for=url_for,
        flashes=_flashes,
        post_url=post_url,
        post_address=addresses.post_address,
        author_url=addresses.author_url,
        tag_url=addresses.tag_url,
        series_url=addresses.series_url,
        picture_url=addresses.picture_url,
        public_url=partial(_public_url, settings.site_url),
        root=addresses.mounted_at.get,
        site_name=settings.site_name,
        registration_open=settings.registration == "open",
    )
    made.filters.update(
        body=body,
        words=words,
        excerpt=text.excerpt,
        prose=text.prose,
        when=when,
        when_exact=when_exact,
        labels=unpack,
        cover=covers.unpack,
        portrait=portrait,
        byline=byline,
    )
    return made


def install(app: Quart, settings: Settings) -> None:
    app.extensions[EXTENSION] = environment(settings, addresses.install(app))


def render(name: str, code: int = 200, /, **context: Any) -> Response:
    """A page. It differs for everyone signed in, so caches are told to look at the cookie."""
    templates = cast(Templates, current_app.extensions[EXTENSION])
    here = _here(request_at_hand())
    reader = {"actor": g.get("actor", ANONYMOUS), "unseen": g.get("unseen", 0)}
    page = templates.get_template(name).render(here=here, **reader, **context)
    return Response(page, code, FOUND if code == 200 else OTHER)


def made_after(message: str, page: Response) -> Response:
    """Scripts learn from which message of the bus on they have to listen. Not from its text, which is to be the same, and
    so its ETag, whichever process made it.
    """
    page.headers["Server-Timing"] = f'live;desc="{message}"'
    return page


def _here(request: Request) -> str:
    """The address of the page if it may stand in the menu: one of those that name nothing, of which there are few."""
    return "" if request.url_rule is None or request.view_args else request.root_path + request.path


def body(post: Any) -> Markup:
    """Its Markdown was made into safe HTML when it was saved; plain text has none."""
    return text.prose(post.content) if post.html is None else Markup(post.html)  # noqa: S704  # see above


def words(comment: Any) -> Markup:
    """Its Markdown was made into safe HTML when it was saved."""
    return Markup(comment.html)  # noqa: S704  # see above


@lru_cache(2000)
def when(moment: datetime, role: str = "") -> Markup:
    """`role` is what the moment is in microformats2."""
    return _time(moment, f"{moment.day} {moment:%B %Y}", role)


def when_exact(moment: datetime) -> Markup:
    return _time(moment, f"{moment.day} {moment:%B %Y, %H:%M} UTC")


def _public_url(site_url: str, path: str) -> str:
    return addresses.origin(site_url) + path


def portrait(name: str, picture: str | None, size: str = "") -> Markup:
    """The picture of an account, or the first letter of its name. Both stand beside the name itself.

    In microformats2 a large one is the photo of who it stands beside; a small one would be taken for one of the post.
    """
    return _pictured(addresses.picture_url(picture), size) if picture else _monogram(name, size)


def byline(post: Any) -> Markup:
    """All who wrote it, each with a link to their page."""
    *some, last = (
        Markup('<a class="author p-author h-card" rel="author" href="{}">{}</a>').format(
            addresses.author_url(username), name
        )
        for username, name in bylines.credited(post)
    )
    return Markup("{} and {}").format(Markup(", ").join(some), last) if some else last


@lru_cache(2000)
def _monogram(name: str, size: str) -> Markup:
    return Markup('<span class="portrait {}" aria-hidden="true">{}</span>').format(size, name[0])


def _pictured(address: str, size: str) -> Markup:
    side = SIDES[size]
    role = f"{size} u-photo" if size else ""
    return Markup('<img class="portrait {}" src="{}" alt="" width="{}" height="{}">').format(role, address, side, side)


def _time(moment: datetime, words: str, role: str = "") -> Markup:
    """Nothing here needs escaping, and escaping costs more than all the rest."""
    named = f'class="{role}" ' if role else ""
    return Markup(f'<time {named}datetime="{moment.isoformat(timespec="seconds")}">{words}</time>')  # noqa: S704  # see above


def _flashes() -> list[tuple[str, str]]:
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True)) if session else []
