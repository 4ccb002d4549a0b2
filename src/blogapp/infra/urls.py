"""DATABASE_URL as people write it, made into what the async drivers take."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy.engine import URL, make_url

LIBPQ_ONLY = {
    "channel_binding",
    "gssencmode",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
}
"""libpq's connection parameters that asyncpg has no equal of and would send to the server as settings."""

MEMORY = {None, "", ":memory:"}


def is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_url(url: str) -> URL:
    """The aiosqlite URL; the folder of a file database is made."""
    parsed = make_url(url).set(drivername="sqlite+aiosqlite")
    if parsed.database not in MEMORY and not str(parsed.database).startswith("file:"):
        Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
    return parsed


def is_memory(url: str) -> bool:
    return is_sqlite(url) and make_url(url).database in MEMORY


def postgresql_dsn(url: str) -> tuple[str, float | None]:
    """The DSN asyncpg parses by libpq's rules, and the seconds of `connect_timeout` if given."""
    parts = urlsplit(url)
    arguments = dict(parse_qsl(parts.query))
    timeout = arguments.pop("connect_timeout", None)
    kept = {name: value for name, value in arguments.items() if name not in LIBPQ_ONLY}
    dsn = urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(kept), ""))
    return dsn, float(timeout) if timeout else None
