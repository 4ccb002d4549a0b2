"""What every response says to browsers, and what we believe of a request's own headers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from blogapp.written import Network

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

SECURITY = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

RawHeaders = Iterable[tuple[bytes, bytes]]

_HOST = re.compile(r"([a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?", re.IGNORECASE)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def host_is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """`.example.org` allows the domain and all below it; an empty list allows every well-formed host."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].lower().rstrip(".")
    return not allowed or any(
        name == rule.lower().lstrip(".") or (rule.startswith(".") and name.endswith(rule.lower())) for rule in allowed
    )


def host_of(origin: str) -> str | None:
    """The host and port an Origin header names; None when it names none, as "null" does."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def request_id_of(given: bytes | None) -> str | None:
    """The caller's X-Request-ID, when it is safe to repeat in a log."""
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else None


def is_trusted(peer: str | None, trusted: Sequence[Network]) -> bool:
    """A peer without an address came over a Unix socket, which only a proxy on this machine can open."""
    if not trusted:
        return False
    address = _address(peer)
    return peer in {None, "", "<local>"} or (address is not None and any(address in network for network in trusted))


def true_client(peer: str | None, forwarded: Sequence[bytes], trusted: Sequence[Network]) -> str | None:
    """Walk X-Forwarded-For from the right past our proxies: the first hop that isn't ours is the client."""
    client = peer
    for hop in reversed([part.strip().decode("latin-1") for line in forwarded for part in line.split(b",")]):
        address = _address(hop)
        if address is None or not is_trusted(client, trusted):
            break
        client = str(address)
    return client


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    """In its shortest form: an IPv4 address inside of IPv6 is one, and a zone, which may be any text, is left out."""
    try:
        found = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return found if isinstance(found, IPv4Address) else found.ipv4_mapped or found
