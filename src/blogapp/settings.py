"""Everything an operator can set: the environment, then `.env`, then these defaults."""

from __future__ import annotations

import re
import secrets
from email.utils import formataddr
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from blogapp import keys
from blogapp.errors import Refused
from blogapp.written import HubUrl, Limit, MailUrl, Networks, RedisUrl, Secrets, Sender, Token, Words

INSTANCE = Path("instance")
ENVIRONMENTS = ("development", "production", "testing")
DATABASES = {"sqlite", "postgresql", "postgres"}
"""By the names that their URLs begin with."""

_HOST_NAME = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
_SECRET_ARGUMENT = re.compile(r"pass|secret|token|key", re.IGNORECASE)


class Settings(BaseSettings):
    """Frozen; the names in capitals are the environment variables and the keys of `app.config`."""

    model_config = SettingsConfigDict(frozen=True, env_file=".env", extra="ignore", env_ignore_empty=True)

    blogapp_env: Literal["development", "production", "testing"] = Field(
        "development", description="What kind of place this is. `production` refuses unsafe settings."
    )
    debug: bool = Field(
        False,
        validation_alias=AliasChoices("debug", "quart_debug"),
        description="Quart's debug mode (also `QUART_DEBUG`). Refused in production.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs cookies. Required in production, at least 32 characters; "
        "in development one is made and kept in `instance/secret_key`.",
    )
    secret_key_fallbacks: Secrets = Field(
        (), description="Former secret keys whose cookies are still accepted, while keys are rotated."
    )
    database_url: SecretStr = Field(
        SecretStr("sqlite:///instance/blogapp.db"),
        description="`sqlite:///path`, `postgresql://…` or `postgres://…`, with the usual query arguments.",
    )
    database_pool_size: int = Field(
        10,
        ge=1,
        le=200,
        description="Connections a process keeps for reading, at most; single statements share all but two of them. "
        "On PostgreSQL half as many more for writing.",
    )
    database_timeout: float = Field(
        5.0, gt=0, le=60, description="Seconds to wait for a connection, a lock or what is read before answering 503."
    )
    redis_url: RedisUrl = Field(
        SecretStr(""), description="`redis://…`, `rediss://…` or `unix://…`: what more than one process share."
    )
    smtp_url: MailUrl = Field(
        SecretStr(""),
        description="`smtp://user:password@host:587` or `smtps://…`, with `?starttls=always` or `never` where need be. "
        "Without it mail is written to the log, and in production there is none.",
    )
    mail_from: Sender = Field(
        "", description="Sender of mail, `Name <name@example.org>`; else `noreply@` of `SITE_URL`."
    )
    tasks: Literal["on", "off"] = Field(
        "on", description="`off`: the web process leaves background tasks to `blogapp worker`, as with `REDIS_URL`."
    )
    task_lease: float = Field(
        60.0, ge=1, le=3600, description="Seconds a task may take; after that another process may do it."
    )
    task_tries: int = Field(30, ge=1, le=100, description="Tries before a task is dead.")
    task_wait: float = Field(
        5.0, gt=0, le=3600, description="Seconds before a task's second try; twice as many before each further one."
    )
    workers: int = Field(
        1, ge=1, le=64, description="Processes that `blogapp serve` serves with; more than one need `REDIS_URL`."
    )
    site_name: str = Field("blogapp", min_length=1, max_length=80, description="Shown in the header and titles.")
    site_url: str = Field("", description="The public origin, like `https://blog.example.org`. Required in production.")
    websub_hub: HubUrl = Field(
        "", description="A WebSub hub, like `https://hub.example.org/`: feeds name it, and it hears of each change."
    )
    allowed_hosts: Words = Field(
        (),
        description="Host names answered, `.example.org` with its subdomains. Required in production; "
        "elsewhere empty means any.",
    )
    trusted_proxies: Networks = Field((), description="Networks (CIDR) whose `X-Forwarded-*` headers are believed.")
    cors_origins: Words = Field(
        (), description="Origins whose scripts may use the API, with tokens only, never with cookies."
    )
    registration: Literal["open", "invite", "closed"] = Field(
        "open", description="Who may register. `invite` and `closed`: accounts are made by an administrator."
    )
    comments_close_after_days: int = Field(0, ge=0, description="Days after a post has appeared; 0 is never.")
    rate_limits: Literal["on", "off"] = Field("on", description="`off` is for tests and benchmarks only.")
    limit_login: Limit = Field("10/15 minutes", description="Sign-in attempts for one account.")
    limit_login_address: Limit = Field("60/15 minutes", description="Sign-in attempts from one address.")
    limit_register: Limit = Field("20/hour", description="Registrations from one address.")
    limit_forgot: Limit = Field("5/hour", description="Mails with a link to a new password to one address.")
    limit_forgot_address: Limit = Field(
        "30/hour", description="Forgotten passwords, asked for or set, from one address."
    )
    limit_write: Limit = Field("120/minute", description="Changes by one account or address.")
    limit_copy: Limit = Field("240/minute", description="Saves of texts that are being typed, by one account.")
    limit_upload: Limit = Field("60/hour", description="Pictures sent by one account.")
    limit_api: Limit = Field("1200/minute", description="API calls by one account or address.")
    limit_comment: Limit = Field("20/10 minutes", description="Comments written or changed by one account.")
    live_connections: int = Field(2000, ge=1, le=100_000, description="Live updates of a process, at most.")
    live_connections_each: int = Field(
        50,
        ge=1,
        le=100_000,
        description="Connections to live updates from one account or address; as many as there may be where "
        "`RATE_LIMITS` is `off`.",
    )
    max_body: int = Field(5 * 1024 * 1024, ge=1024, description="Bytes of a request body.")
    body_timeout: float = Field(30.0, gt=0, description="Seconds a request body may take to arrive.")
    media_dir: Path = Field(
        INSTANCE / "media", description="Where pictures are kept; all instances of a blog share it."
    )
    media_url: str = Field(
        "",
        pattern=r"^(s3://[a-z0-9][a-z0-9.-]+(/.*)?)?$",
        description="Pictures are kept there, as in `s3://bucket/folder`, and MEDIA_DIR holds those on their way; needs the "
        "extra `s3`. Keys and places are those of other programs: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, "
        "`AWS_REGION`, `AWS_ENDPOINT_URL`.",
    )
    media_max_bytes: int = Field(20 * 1024 * 1024, ge=1024, description="Bytes of one picture that is sent.")
    media_timeout: float = Field(300.0, gt=0, description="Seconds a picture may take to arrive.")
    media_quota: int = Field(1024**3, ge=0, description="Bytes of all pictures of one account.")
    media_spare: int = Field(
        256 * 1024 * 1024,
        ge=0,
        description="Bytes that pictures leave free on their disk, for the database and others; `0` leaves none.",
    )
    media_grace_days: int = Field(
        30, ge=1, le=3650, description="Days after which a picture is deleted that no post has named since."
    )
    hash_memory: int = Field(19456, ge=8192, le=1048576, description="KiB of memory for one Argon2id hash.")
    hash_threads: int = Field(2, ge=1, le=32, description="Passwords hashed side by side.")
    hash_queue: int = Field(16, ge=1, le=1000, description="Passwords waiting to be hashed before answering 503.")
    page_cache_bytes: int = Field(
        32 * 1024 * 1024,
        ge=0,
        description="Memory for pages and documents that strangers read, in each process; `0` keeps none.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least urgent line kept.")
    log_format: Literal["console", "json"] | None = Field(
        None, description="`json` in production, `console` elsewhere."
    )
    slow_request_ms: int = Field(
        1000, ge=0, description="A request that takes longer is logged with its route. `0`: none is."
    )
    slow_query_ms: int = Field(
        250, ge=0, description="A statement that takes longer is logged, without its values. `0`: none is."
    )
    sentry_dsn: SecretStr = Field(
        SecretStr(""), description="Errors are told to Sentry there; needs the extra `sentry`."
    )
    metrics_clients: Networks = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks (CIDR) whose clients may read `/metrics`. To all others there is no such page.",
    )
    metrics_token: Token = Field(
        SecretStr(""),
        description="Who shows it as bearer may read `/metrics` from anywhere, and nobody without it: "
        "at least 16 characters.",
    )
    metrics_dir: Path | None = Field(
        None,
        description="Where processes that serve on one port share their numbers. `serve --workers` makes its own.",
    )
    shutdown_timeout: float = Field(
        10.0, gt=0, le=13, description="Seconds given to requests in flight when the server is told to stop."
    )

    @field_validator("log_level", "blogapp_env", "log_format", "rate_limits", "registration", "tasks", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("rate_limits", "tasks", mode="before")
    @classmethod
    def _switch(cls, value: Any) -> Any:
        return {"true": "on", "1": "on", "yes": "on", "false": "off", "0": "off", "no": "off"}.get(
            str(value).lower(), value
        )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr) -> SecretStr:
        try:
            url = make_url(value.get_secret_value())
            float(str(url.query.get("connect_timeout", 0)))
        except (ArgumentError, ValueError):
            raise ValueError("is not a database URL") from None
        backend = url.get_backend_name()
        if backend not in DATABASES:
            raise ValueError(f"names {backend}; blogapp keeps its data in sqlite or postgresql")
        return value

    @field_validator("site_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        more = parts.path.strip("/") or parts.query or parts.fragment
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc or more):
            raise ValueError("is not an origin like https://blog.example.org")
        return value.rstrip("/").lower()

    @field_validator("allowed_hosts")
    @classmethod
    def _host_names(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not _HOST_NAME.fullmatch(value):
                raise ValueError(
                    f"names {value}: write host names like blog.example.org or .example.org, without a port"
                )
        return values

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._an_origin(value) for value in values)

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        if self.is_production:
            problems = _weaknesses(self)
            if self.debug:
                problems.append("DEBUG is on")
            if not self.allowed_hosts:
                problems.append("ALLOWED_HOSTS is not set: name the hosts this blog answers to")
            if not self.site_url:
                problems.append("SITE_URL is not set: give the public origin, like https://blog.example.org")
            if problems:
                raise ValueError("; ".join(problems))
        return self

    @property
    def is_production(self) -> bool:
        return self.blogapp_env == "production"

    @property
    def is_testing(self) -> bool:
        return self.blogapp_env == "testing"

    @property
    def live_connections_of_one(self) -> int:
        return self.live_connections if self.rate_limits == "off" else self.live_connections_each

    @property
    def sender(self) -> str:
        """What mail comes from."""
        return self.mail_from or formataddr(
            (self.site_name, f"noreply@{urlsplit(self.site_url).hostname or 'localhost'}")
        )

    @property
    def logs_json(self) -> bool:
        return (self.log_format or ("json" if self.is_production else "console")) == "json"


def load(environment: str | None = None, **overrides: Any) -> Settings:
    """The settings in force.

    `environment` wins over BLOGAPP_ENV; outside production a missing secret key is made.
    Raises Refused with one line naming every setting that is wrong.
    """
    if environment not in {None, "default", *ENVIRONMENTS}:
        raise Refused(f"there is no configuration named {environment!r}: use one of {', '.join(ENVIRONMENTS)}")
    if environment and environment != "default":
        overrides.setdefault("blogapp_env", environment)
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise Refused(_one_line(error)) from None
    except (OSError, UnicodeError) as error:
        raise Refused(f".env can't be read: {error}") from None
    return _with_development_defaults(settings)


def of_logs() -> tuple[str | None, bool]:
    """LOG_LEVEL, if somebody has set it, and whether lines are JSON. Commands ask before they look at anything else."""
    try:
        settings = Settings()
    except (ValidationError, OSError, UnicodeError):
        return None, False
    return settings.log_level if "log_level" in settings.model_fields_set else None, settings.logs_json


def without_password(url: str) -> str:
    """Drivers take a password among the arguments, too."""
    parsed = make_url(url)
    hidden = {name: "***" for name in parsed.query if _SECRET_ARGUMENT.search(name)}
    return parsed.update_query_dict(hidden).render_as_string(hide_password=True)


def _with_development_defaults(settings: Settings) -> Settings:
    changes: dict[str, Any] = {}
    if not settings.secret_key.get_secret_value():
        changes["secret_key"] = SecretStr(
            secrets.token_hex() if settings.is_testing else keys.kept(INSTANCE / "secret_key")
        )
    if settings.is_testing and "database_url" not in settings.model_fields_set:
        changes["database_url"] = SecretStr("sqlite:///:memory:")
    return settings.model_copy(update=changes)


def _weaknesses(settings: Settings) -> list[str]:
    """What the keys have against them. A fallback signs cookies as well as the key itself."""
    key = settings.secret_key.get_secret_value()
    if not key:
        return ["SECRET_KEY is not set: make one with `openssl rand -hex 32`"]
    found = ["SECRET_KEY is weak: make one with `openssl rand -hex 32`"] if keys.is_weak(key) else []
    if any(keys.is_weak(fallback.get_secret_value()) for fallback in settings.secret_key_fallbacks):
        found.append("SECRET_KEY_FALLBACKS holds a weak key: its cookies could be forged, so let it go")
    return found


def _one_line(error: ValidationError) -> str:
    """Pydantic's report without the values, which may be secret."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = ".".join(str(part) for part in problem["loc"][:1]).upper()
        message = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{name} {message}" if name else message)
    return "; ".join(lines)
