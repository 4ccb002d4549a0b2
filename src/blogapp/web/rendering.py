"""Pages from templates, and how templates write what they are given."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup
from quart import Quart, Response, current_app, g, get_flashed_messages, request, session

from blogapp import text
from blogapp.actor import ANONYMOUS
from blogapp.labels import unpack
from blogapp.settings import Settings
from blogapp.web import addresses
from blogapp.web.addresses import Addresses, post_url
from blogapp.web.templates import Templates

TEMPLATES = Path(__file__).parent.parent / "templates"
EXTENSION = "blogapp.templates"

OTHER = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Vary": "Cookie"}
FOUND = {**OTHER, "Cache-Control": "no-cache"}


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
        author_url=lambda username: url_for("main.author", username=username),
        tag_url=addresses.tag_url,
        series_url=addresses.series_url,
        site_name=settings.site_name,
        registration_open=settings.registration == "open",
    )
    made.filters.update(body=body, excerpt=text.excerpt, when=when, when_exact=when_exact, labels=unpack)
    return made


def install(app: Quart, settings: Settings) -> None:
    app.extensions[EXTENSION] = environment(settings, addresses.install(app))


def render(name: str, code: int = 200, /, **context: Any) -> Response:
    """A page. It differs for everyone signed in, so caches are told to look at the cookie."""
    templates = cast(Templates, current_app.extensions[EXTENSION])
    page = templates.get_template(name).render(actor=g.get("actor", ANONYMOUS), here=_here(), **context)
    return Response(page, code, FOUND if code == 200 else OTHER)


def _here() -> str:
    """The address of the page if it may stand in the menu: one of those that name nothing, of which there are few."""
    return "" if request.url_rule is None or request.view_args else request.root_path + request.path


def body(post: Any) -> Markup:
    """Its Markdown was made into safe HTML when it was saved; plain text has none."""
    return text.prose(post.content) if post.html is None else Markup(post.html)  # noqa: S704  # see above


@lru_cache(2000)
def when(moment: datetime) -> Markup:
    return _time(moment, f"{moment.day} {moment:%B %Y}")


def when_exact(moment: datetime) -> Markup:
    return _time(moment, f"{moment.day} {moment:%B %Y, %H:%M} UTC")


def _time(moment: datetime, words: str) -> Markup:
    """Nothing here needs escaping, and escaping costs more than all the rest."""
    return Markup(f'<time datetime="{moment.isoformat(timespec="seconds")}">{words}</time>')  # noqa: S704  # see above


def _flashes() -> list[tuple[str, str]]:
    return cast(list[tuple[str, str]], get_flashed_messages(with_categories=True)) if session else []
