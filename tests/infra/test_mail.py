"""Letters on the wire, to a real SMTP server."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from blogapp.infra.mail import Letter, Log, Smtp, mail, server
from blogapp.infra.outbox import Hopeless
from blogapp.settings import Settings
from tests.mail_server import MailServer, text

LETTER = Letter(
    "ada@b\u00fccher.example", "Gr\u00fc\u00dfe", "Hello \u2014 you\n", "<p>Hello <b>you</b></p>\n", "welcome.17"
)
SENDER = "The Blog <blog@example.org>"


async def test_a_letter_has_both_parts_and_the_key_of_its_row(smtp: MailServer):
    await Smtp(smtp.url, SENDER).send(LETTER)
    await Smtp(smtp.url, SENDER).send(LETTER)
    first, second = await asyncio.to_thread(smtp.wait_for, 2)
    assert (first["From"], first["To"], first["Subject"]) == (SENDER, "ada@xn--bcher-kva.example", "Gr\u00fc\u00dfe")
    assert text(first).strip() == "Hello \u2014 you"
    assert text(first, "html").strip() == "<p>Hello <b>you</b></p>"
    assert first["Message-ID"] == second["Message-ID"] == "<welcome.17@example.org>"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Date"]


async def test_a_server_that_is_away_or_busy_may_be_asked_again(smtp: MailServer):
    smtp.refuses = "451 try again later"
    with pytest.raises(Exception, match="451"):
        await Smtp(smtp.url, SENDER).send(LETTER)
    smtp.stop()
    with pytest.raises(OSError, match="onnect"):
        await Smtp(smtp.url, SENDER).send(LETTER)


async def test_an_address_that_is_refused_for_good_is_hopeless(smtp: MailServer):
    smtp.refuses = "550 no such mailbox"
    with pytest.raises(Hopeless, match="no such mailbox"):
        await Smtp(smtp.url, SENDER).send(LETTER)


@pytest.mark.parametrize("address", ["nobody", "a b@example.org", "ada@example.org\nBcc: eve@example.org"])
async def test_what_is_no_address_is_hopeless(smtp: MailServer, address: str):
    with pytest.raises(Hopeless):
        await Smtp(smtp.url, SENDER).send(Letter(address, "x", "x", "x", "x.1"))
    assert smtp.letters == []


async def test_a_subject_can_add_no_header(smtp: MailServer):
    with pytest.raises(ValueError, match="line"):
        await Smtp(smtp.url, SENDER).send(Letter("ada@example.org", "x\r\nBcc: eve@example.org", "x", "x", "x.1"))


async def test_without_a_server_letters_are_logged():
    with structlog.testing.capture_logs() as lines:
        await Log().send(LETTER)
    assert lines == [
        {"event": "mail", "to": LETTER.to, "subject": LETTER.subject, "text": "Hello \u2014 you", "log_level": "info"}
    ]


SERVERS = {
    "smtp://127.0.0.1": ("127.0.0.1", 25, False, False),
    "smtp://mail.example.org": ("mail.example.org", 25, False, None),
    "smtp://u:p@mail.example.org": ("mail.example.org", 587, False, True),
    "smtp://u:p@mail.example.org?starttls=never": ("mail.example.org", 587, False, False),
    "smtp://mail.example.org:2525?starttls=always": ("mail.example.org", 2525, False, True),
    "smtps://u:p@mail.example.org": ("mail.example.org", 465, True, False),
    "smtp://u:p@[::1]:1025": ("::1", 1025, False, False),
}


@pytest.mark.parametrize("url", SERVERS)
def test_passwords_go_over_tls_only(url: str):
    found = server(url)
    assert (found["hostname"], found["port"], found["use_tls"], found["start_tls"]) == SERVERS[url]


def test_names_and_passwords_may_hold_anything():
    found = server("smtp://ada%40example.org:p%2Fw%3A@mail.example.org")
    assert (found["username"], found["password"]) == ("ada@example.org", "p/w:")


PRODUCTION = {
    "blogapp_env": "production",
    "secret_key": "0f" * 8 + "c61e8a2b97d45f03",
    "allowed_hosts": "blog.example.org",
    "site_url": "https://blog.example.org",
}


def test_production_never_logs_letters():
    assert mail(Settings(**PRODUCTION)) is None
    assert isinstance(mail(Settings(**PRODUCTION, smtp_url="smtp://localhost")), Smtp)
    assert isinstance(mail(Settings(blogapp_env="development")), Log)


def test_mail_comes_from_the_site_unless_it_is_said():
    assert Settings(**PRODUCTION).sender == "blogapp <noreply@blog.example.org>"
    assert Settings(**PRODUCTION, mail_from="Ada <ada@example.org>").sender == "Ada <ada@example.org>"
