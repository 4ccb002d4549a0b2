"""What operators write into settings, as types that refuse what can't be meant."""

from __future__ import annotations

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Any
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode
from redis.asyncio import ConnectionPool

SMTP_SCHEMES = {"smtp", "smtps"}
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
SHORTEST_TOKEN = 16

Network = IPv4Network | IPv6Network


def _split(value: Any) -> Any:
    """A list written as "a, b" in the environment."""
    if isinstance(value, str):
        return tuple(part for part in value.replace(",", " ").split() if part)
    return value


def _known_redis(value: SecretStr) -> SecretStr:
    """As the driver will read it, which finds out when it connects; what it says of it may show the password."""
    url = value.get_secret_value()
    if not url:
        return value
    if not url.startswith(REDIS_SCHEMES):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    try:
        ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call]  # the driver has no annotation there
    except (ValueError, TypeError):
        raise ValueError("is not like redis://:password@host:6379/0 or unix:///run/redis.sock?db=0") from None
    return value


def _known_mail_server(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if value.get_secret_value() and (parts.scheme not in SMTP_SCHEMES or not parts.hostname):
        raise ValueError("is not like smtp://host or smtps://user:password@host")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("has a port that is no number") from None
    return value


def _a_hub(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("is not an address like https://hub.example.org/")
    return value


def _a_limit(value: str) -> str:
    try:
        parse(value)
    except ValueError:
        raise ValueError("is not a limit like 10/15 minutes") from None
    return value


def _a_sender(value: str) -> str:
    if value and ("@" not in parseaddr(value)[1] or not value.isprintable()):
        raise ValueError("is not a sender like Blog <blog@example.org>")
    return value


def _not_guessed(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < SHORTEST_TOKEN:
        raise ValueError(f"has less than {SHORTEST_TOKEN} characters: make one with `openssl rand -hex 32`")
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
RedisUrl = Annotated[SecretStr, AfterValidator(_known_redis)]
MailUrl = Annotated[SecretStr, AfterValidator(_known_mail_server)]
HubUrl = Annotated[str, AfterValidator(_a_hub)]
Limit = Annotated[str, AfterValidator(_a_limit)]
Sender = Annotated[str, AfterValidator(_a_sender)]
Token = Annotated[SecretStr, AfterValidator(_not_guessed)]
