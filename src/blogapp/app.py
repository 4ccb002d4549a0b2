"""The application: features joined, doors registered, subscribers wired."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr
from quart import Quart

from blogapp import settings as configuration
from blogapp import worker
from blogapp.accounts import api as accounts_api
from blogapp.accounts import authentication, profile_api, profile_pages, recovery_pages, settings_pages
from blogapp.accounts import pages as accounts_pages
from blogapp.accounts import queries as accounts
from blogapp.accounts.models import NOT_REMEMBERED, REMEMBERED
from blogapp.admin import pages as admin_pages
from blogapp.admin import tag_pages as admin_tags
from blogapp.comments import api as comments_api
from blogapp.comments import letters_api, letters_pages, moderation_api, moderation_pages
from blogapp.comments import pages as comments_pages
from blogapp.community import following_api, likes_api, notices_api, notices_pages, reading_pages
from blogapp.errors import NotFound
from blogapp.infra import audit, handshakes, heads, logs, migrations, pauses, reports, tracing
from blogapp.infra.cache import Cache
from blogapp.infra.metrics import CACHE_BYTES, CACHE_ENTRIES, LIVE_CONNECTIONS, Metrics
from blogapp.infra.resources import Resources, open_resources
from blogapp.infra.tracing import Traces
from blogapp.live import api as live_api
from blogapp.live.entrance import Entrance
from blogapp.live.hub import Hub
from blogapp.media import api as media_api
from blogapp.media import pages as media_pages
from blogapp.media import portrait_api, portrait_pages, receiving
from blogapp.posts import api as posts_api
from blogapp.posts import (
    archive_api,
    around_api,
    authors_api,
    authors_pages,
    copies_api,
    cover_form,
    dashboard_pages,
    history_api,
    history_pages,
    own_api,
    pinning_api,
    pinning_pages,
    search_api,
    series_api,
    series_pages,
    sharing_pages,
    tags_api,
    trash_pages,
)
from blogapp.posts import pages as posts_pages
from blogapp.settings import Settings
from blogapp.site import (
    archive_pages,
    card_pages,
    comment_feeds,
    crawling,
    feed_pages,
    leaving,
    oembed,
    search_pages,
    tag_pages,
)
from blogapp.site import pages as site_pages
from blogapp.web import blueprints, errors, gate, health, limits, metrics, reference, rendering
from blogapp.web.application import Application
from blogapp.web.assets import Assets
from blogapp.web.auth import Auth
from blogapp.web.cache import PageCache
from blogapp.web.context import EXTENSION
from blogapp.web.edge import Edge
from blogapp.web.sessions import COOKIE, SECURE_COOKIE, QuietSessions
from blogapp.web.stored import Header, Page
from blogapp.web.tracing import Traced

STATIC = Path(__file__).parent / "static"

DOORS = (
    accounts_pages,
    accounts_api,
    recovery_pages,
    settings_pages,
    profile_pages,
    profile_api,
    posts_pages,
    sharing_pages,
    posts_api,
    own_api,
    copies_api,
    dashboard_pages,
    trash_pages,
    history_pages,
    history_api,
    tags_api,
    series_pages,
    series_api,
    authors_pages,
    authors_api,
    around_api,
    archive_api,
    pinning_pages,
    pinning_api,
    media_pages,
    media_api,
    portrait_api,
    portrait_pages,
    comments_pages,
    comments_api,
    moderation_pages,
    moderation_api,
    letters_pages,
    letters_api,
    reading_pages,
    likes_api,
    following_api,
    notices_pages,
    notices_api,
    live_api,
    site_pages,
    archive_pages,
    search_pages,
    search_api,
    feed_pages,
    comment_feeds,
    crawling,
    oembed,
    card_pages,
    tag_pages,
    leaving,
    admin_pages,
    admin_tags,
    reference,
)
"""Modules whose handlers are on the blueprints once they are imported."""


def create_app(config: str | Settings | Mapping[str, Any] | None = None) -> Quart:
    """The ASGI application.

    `config` is the name of a configuration (development, production, testing), ready settings, or a mapping of
    setting names to values that win over the environment. Raises Refused, in one line, for unsafe or wrong settings.
    """
    settings = _settings(config)
    logs.configure(settings.log_level, as_json=settings.logs_json, report=reports.chosen(settings))
    app = Application(__name__, static_folder=None, template_folder=None)
    app.config.update(_quart_config(settings))
    app.session_interface = QuietSessions()
    app.url_map.converters.update(blueprints.converters)
    errors.install(app)
    gate.install(app, _auth(app, settings))
    rendering.install(app, settings)
    health.install(app)
    counted = Metrics(settings.metrics_dir)
    metrics.install(app, settings, counted)
    for door in (blueprints.main, blueprints.auth, blueprints.settings, blueprints.admin, blueprints.api):
        app.register_blueprint(door)
    pages = Cache[Page](settings.page_cache_bytes)
    hub = Hub(settings.live_connections, settings.live_connections_of_one)
    _surround(app, settings, pages, hub, counted)
    traces = tracing.chosen()
    if traces.is_on:
        app.asgi_app = Traced(app.asgi_app, traces, settings)  # type: ignore[method-assign]  # as above
    _open_while_serving(app, settings, pages, hub, traces)
    gauges = {LIVE_CONNECTIONS: hub.__len__, CACHE_BYTES: lambda: pages.size, CACHE_ENTRIES: pages.__len__}
    metrics.count_while_serving(app, counted, gauges)
    return app


def _settings(config: str | Settings | Mapping[str, Any] | None) -> Settings:
    if isinstance(config, Settings):
        return config
    if isinstance(config, Mapping):
        return configuration.load(**{name.lower(): value for name, value in config.items()})
    return configuration.load(config)


def _quart_config(settings: Settings) -> dict[str, Any]:
    """Our settings under their names in capitals, and what Quart wants to know."""
    ours = {name.upper(): _plain(value) for name, value in settings}
    return ours | {
        "TESTING": settings.is_testing,
        "DEBUG": settings.debug,
        "MAX_CONTENT_LENGTH": settings.max_body,
        "SESSION_COOKIE_NAME": SECURE_COOKIE if settings.is_production else COOKIE,
        "SESSION_COOKIE_SECURE": settings.is_production,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(seconds=NOT_REMEMBERED.total_seconds()),
        "PROPAGATE_EXCEPTIONS": False,
        "RESPONSE_TIMEOUT": None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _auth(app: Quart, settings: Settings) -> Auth:
    return Auth(
        app,
        authentication.by_session,
        authentication.by_token,
        secure=settings.is_production,
        seconds=int(REMEMBERED.total_seconds()),
    )


def _surround(app: Quart, settings: Settings, pages: Cache[Page], hub: Hub, counted: Metrics) -> None:
    """What stands between the server and Quart, from the inside out."""
    handshakes.tame()
    heads.remember()
    pauses.note()
    assets = Assets(STATIC)
    app.add_url_rule("/static/<path:filename>", "static", _no_such_file)

    @app.url_defaults
    def use_hashed_name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = assets.hashed(values["filename"])

    async def meter(address: str) -> list[Header] | None:
        return await limits.meter_stranger(app.extensions[EXTENSION], address)

    def may_keep() -> bool:
        return bool(app.extensions[EXTENSION].bus.is_whole)

    tells = settings.blogapp_env == "development"
    cache = PageCache(Entrance(app.asgi_app, hub), pages, meter, may_keep, tells=tells)
    app.asgi_app = Edge(cache, settings, counted, assets, receiving.sent(settings, cover_form.FORMS))  # type: ignore[method-assign]  # Quart's documented way to wrap it


async def _no_such_file(filename: str) -> NoReturn:  # noqa: ARG001  # the route's variable
    """Files that exist were answered at the edge; the route makes their addresses."""
    raise NotFound("There is no such file.")


def _open_while_serving(app: Quart, settings: Settings, pages: Cache[Page], hub: Hub, traces: Traces) -> None:
    @app.while_serving
    async def resources() -> AsyncGenerator[None, None]:
        pages.drop()
        events = audit.listening()
        async with open_resources(settings, events, traces) as opened:
            if opened.db.is_memory:
                async with opened.db.connection() as connection:
                    await migrations.upgrade_connection(connection)
            worker.join(events, opened, pages)
            is_valid = partial(accounts.is_valid, opened.db)
            async with _tasks(opened), hub.open(opened.bus, opened.draining, is_valid):
                app.extensions[EXTENSION] = opened
                yield


def _tasks(opened: Resources) -> AbstractAsyncContextManager[None]:
    """With Redis this process only hands tasks out."""
    return worker.tasks(opened).running(works=False) if opened.settings.tasks == "on" else nullcontext()
