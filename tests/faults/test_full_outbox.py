"""A mail server that was away for long, and hundreds of letters that wait for it."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import pytest

from tests import sql
from tests.faults.conftest import Told
from tests.faults.load import Load, client
from tests.live import Server, running
from tests.mail_server import MailServer
from tests.waiting import wait_until

WAITING = 600
IN_VAIN = 200
"""Tries until the mail server is back."""
SIDE_BY_SIDE = 20
"""Places by which a row may be early or late: ten are done at once."""
GROWTH = 20_000
"""KiB that the process may grow while all of this waits."""
WITHIN = 120.0
"""Seconds for all of these letters."""
WELL = {200, 201, 303}

FILL = f"""
    INSERT INTO outbox (key, task, facts, request_id, state, tries, due_at, last_error, created_at)
    SELECT 'waits.' || number, task, facts, '', 'waiting', 0,
           CURRENT_TIMESTAMP - ({WAITING} - number) * INTERVAL '1 millisecond', '', created_at
    FROM generate_series(1, {WAITING}) AS number, (SELECT * FROM outbox WHERE task = 'welcome' LIMIT 1) AS one
"""


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_everything_goes_out_and_nobody_waits_for_it(tmp_path: Path, database_url: str, smtp: MailServer, told: Told):
    """The oldest is tried first; how long a row waits for its next try is left to chance."""
    smtp.stop()
    settings = {"TASKS": "on", "TASK_WAIT": "0.2", "SMTP_URL": smtp.url}
    with running(tmp_path, database_url, **settings) as server:
        load = Load(partial(client, server.port))
        with load.going_on("register", "publish", "read"):
            load.wait_for_more()
            before = memory(server)
            sql.run(database_url, FILL)
            wait_until(lambda: len(tried(server)) >= IN_VAIN)
            growth = memory(server) - before
            smtp.start()
            back = time.monotonic()
            wait_until(lambda: not any_open(database_url, "key LIKE 'waits.%'"), WITHIN)
            recovery = time.monotonic() - back
        lost = load.lost(database_url)
        wait_until(lambda: not any_open(database_url))
    wanted = {f"{name}@example.org" for name in load.accounts}
    mails = f"{len(smtp.letters)} for {WAITING + len(wanted)}"
    told(f"{WAITING:,} letters wait for a mail server that is away", load, lost, mails=mails, recovery=recovery)
    assert len(tried(server)) == WAITING
    assert all(abs(number - place) <= SIDE_BY_SIDE for place, number in enumerate(tried(server), 1))
    assert growth < GROWTH
    assert wanted <= {letter["To"] for letter in smtp.letters}
    assert len({letter["Message-ID"] for letter in smtp.letters}) == WAITING + len(wanted)
    assert (lost, load.statuses - WELL) == ([], set())


def tried(server: Server) -> list[int]:
    """Numbers of rows in the order of their first tries."""
    keys = [str(line["key"]) for line in server.lines() if line["event"] in {"task failed", "task done"}]
    return [int(key.removeprefix("waits.")) for key in dict.fromkeys(keys) if key.startswith("waits.")]


def any_open(url: str, condition: str = "true") -> bool:
    return bool(sql.rows(url, f"SELECT 1 FROM outbox WHERE state <> 'done' AND {condition} LIMIT 1"))


def memory(server: Server) -> int:
    """KiB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])
