"""A real SMTP server of our own that keeps what it is given, and can go away and come back at the same port."""

from __future__ import annotations

import asyncio
import email
import email.policy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.live import free_port

PATIENCE = 30.0
"""Seconds a letter may take."""


class MailServer:
    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[EmailMessage] = []
        self.refuses = ""
        """The whole answer to each recipient, like "550 no such mailbox"."""
        self.losses = 0
        """Letters that are kept, but whose sender is told that they are not."""
        self.delay = 0.0
        """Seconds until a letter that has come is answered."""
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int) -> list[EmailMessage]:
        """What has come, once it is that much."""
        deadline = time.monotonic() + PATIENCE
        while len(self.letters) < count:
            assert time.monotonic() < deadline, [letter["Subject"] for letter in self.letters]
            time.sleep(0.02)
        return self.letters

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        letter = email.message_from_bytes(envelope.content, EmailMessage, policy=email.policy.default)
        self.letters.append(letter)
        await asyncio.sleep(self.delay)
        if self.losses:
            self.losses -= 1
            return "451 try again"
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def text(letter: EmailMessage, kind: str = "plain") -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def link(letter: EmailMessage) -> str:
    """Where the letter leads: the path of its longest link."""
    words = [word for word in text(letter).split() if word.startswith("http")]
    return "/" + max(words, key=len).split("/", 3)[3]
