"""Letters by SMTP, or into the log of a development machine."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog
from email_validator import EmailNotValidError, validate_email

from blogapp.infra.outbox import Hopeless
from blogapp.settings import Settings

PATIENCE = 20.0
"""Seconds for each step of the conversation with the server."""

LONG_LINES = SMTP.clone(max_line_length=998)
"""Characters, as RFC 5322 allows (2.1.1): in shorter ones Python writes a long address in a way that no mail program reads."""

_log = structlog.get_logger("blogapp.mail")


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str
    html: str
    key: str
    """The outbox's: a letter that is sent twice has one Message-ID. Letters, digits, dots and dashes."""
    unsubscribe: str = ""
    """An address that ends letters of this kind when it is sent a POST, without signing in (RFC 2369, RFC 8058)."""


class Mail(Protocol):
    async def send(self, letter: Letter) -> None:
        """Raises Hopeless when no such letter can be delivered, and what the connection raises."""


class Smtp:
    def __init__(self, url: str, sender: str) -> None:
        self._server = server(url)
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        message = written(letter, self._sender)
        try:
            await aiosmtplib.send(
                message.as_bytes(policy=LONG_LINES),
                sender=message["From"].addresses[0].addr_spec,
                recipients=[message["To"].addresses[0].addr_spec],
                timeout=PATIENCE,
                **self._server,
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            if all(500 <= one.code < 600 for one in refusal.recipients):
                raise Hopeless(f"the address is refused: {refusal.recipients[0].message}") from None
            raise


class Log:
    """For development: links can be copied from the terminal."""

    async def send(self, letter: Letter) -> None:
        _log.info("mail", to=letter.to, subject=letter.subject, text=" ".join(letter.text.split()))


def mail(settings: Settings) -> Mail | None:
    """None in production without SMTP_URL: whatever needs mail then says that there is none."""
    if url := settings.smtp_url.get_secret_value():
        return Smtp(url, settings.sender)
    return None if settings.is_production else Log()


def server(url: str) -> dict[str, Any]:
    """What aiosmtplib wants to know. A password goes over TLS only, unless the server is this machine."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    secure = parts.scheme == "smtps"
    wanted = parse_qs(parts.query).get("starttls", [""])[0]
    start_tls = {"always": True, "never": False}.get(wanted, _start_tls(host, has_user=bool(parts.username)))
    return {
        "hostname": host,
        "port": parts.port or (465 if secure else 587 if parts.username else 25),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": secure,
        "start_tls": False if secure else start_tls,
    }


def written(letter: Letter, sender: str) -> EmailMessage:
    """Raises Hopeless when the address is none; a line break in a header is refused by the library."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = Address(addr_spec=_ascii(letter.to))
    message["Subject"] = letter.subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{letter.key}@{_domain(message)}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _start_tls(host: str, *, has_user: bool) -> bool | None:
    """None: where the server offers it."""
    if host == "localhost" or _is_loopback(host):
        return False
    return True if has_user else None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ascii(address: str) -> str:
    """As mail servers know it: our addresses have their domains in Unicode."""
    try:
        found = validate_email(
            address, check_deliverability=False, globally_deliverable=False, test_environment=True
        ).ascii_email
    except EmailNotValidError as error:
        raise Hopeless(f"this is no address: {error}") from None
    if found is None:
        raise Hopeless("this address is not written in ASCII")
    return found


def _domain(message: EmailMessage) -> str:
    addresses = message["From"].addresses
    return addresses[0].domain or "localhost" if addresses else "localhost"
