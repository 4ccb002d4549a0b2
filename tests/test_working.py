"""Tasks of real processes that are killed, and mail servers that go away: at least once, and none is lost."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

from blogapp.infra.db import now
from tests import sql
from tests.accounts import make as accounts
from tests.live import running, start
from tests.mail_server import MailServer
from tests.people import resources
from tests.posts import make as posts
from tests.redis_server import RedisServer
from tests.serving import serving
from tests.waiting import until, wait_until

WORKER = ("-m", "blogapp", "worker")


def impatient(smtp: MailServer, **more: str) -> dict[str, str]:
    return {"TASKS": "on", "TASK_LEASE": "2", "TASK_WAIT": "0.2", "SMTP_URL": smtp.url, **more}


def welcomes(url: str) -> list[Any]:
    return sql.rows(url, "SELECT state, tries FROM outbox WHERE task = 'welcome' ORDER BY id")


def receivers(smtp: MailServer) -> set[str]:
    return {letter["To"] for letter in smtp.letters}


def test_a_registration_that_was_answered_is_greeted_though_the_server_is_killed(
    tmp_path: Path, database_url: str, smtp: MailServer
):
    smtp.stop()
    with running(tmp_path, database_url, **impatient(smtp)) as server:
        server.register("ada")
        server.kill()
    smtp.start()
    with running(tmp_path, database_url, **impatient(smtp)):
        smtp.wait_for(1)
        wait_until(lambda: [state for state, _ in welcomes(database_url)] == ["done"])
    assert receivers(smtp) == {"ada@example.org"}


def test_every_letter_arrives_when_the_mail_server_is_back(tmp_path: Path, database_url: str, smtp: MailServer):
    """And one that the server kept but did not acknowledge comes again with the same Message-ID."""
    names = ["ada", "grace", "mary", "joan", "kathleen"]
    with running(tmp_path, database_url, **impatient(smtp)) as server:
        smtp.stop()
        for name in names[:3]:
            server.register(name)
        wait_until(lambda: all(tries >= 2 for _, tries in welcomes(database_url)))
        smtp.losses = 1
        smtp.start()
        for name in names[3:]:
            server.register(name)
        wait_until(lambda: [state for state, _ in welcomes(database_url)] == ["done"] * 5)
    assert receivers(smtp) == {f"{name}@example.org" for name in names}
    assert len(smtp.letters) == 6
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 5


def test_what_a_killed_worker_was_doing_is_done_by_another(
    tmp_path: Path, database_url: str, smtp: MailServer, redis: RedisServer
):
    settings = impatient(smtp, REDIS_URL=redis.url)
    smtp.delay = 60
    first = start(tmp_path, database_url, command=WORKER, **settings)
    try:
        with running(tmp_path, database_url, **settings) as server:
            server.register("ada")
            smtp.wait_for(1)
    finally:
        first.kill()
    assert welcomes(database_url) == [("running", 1)]
    smtp.delay = 0
    second = start(tmp_path, database_url, command=WORKER, **settings)
    try:
        wait_until(lambda: welcomes(database_url) == [("done", 2)])
    finally:
        assert second.stop() == 0
    assert len({letter["Message-ID"] for letter in smtp.letters}) == 1


def test_two_workers_share_the_work(tmp_path: Path, database_url: str, smtp: MailServer, redis: RedisServer):
    settings = impatient(smtp, REDIS_URL=redis.url, TASK_LEASE="20")
    smtp.delay = 0.2
    workers = [start(tmp_path, database_url, command=WORKER, **settings) for _ in range(2)]
    try:
        with running(tmp_path, database_url, **settings) as server:
            for number in range(24):
                server.register(f"writer{number}")
            smtp.wait_for(24)
            wait_until(lambda: welcomes(database_url) == [("done", 1)] * 24)
            assert not [line for line in server.lines() if line["event"] == "task done"]
    finally:
        assert [worker.stop() for worker in workers] == [0, 0]
    assert len(smtp.letters) == 24
    done = [sum(line["event"] == "task done" for line in worker.lines()) for worker in workers]
    assert all(done), done


def test_a_worker_needs_no_redis(tmp_path: Path, database_url: str, smtp: MailServer):
    """Beside a web process that leaves the work to it; a terminal that is closed stops it like any other word."""
    settings = impatient(smtp, TASKS="off")
    worker = start(tmp_path, database_url, command=WORKER, **settings)
    try:
        with running(tmp_path, database_url, **settings) as server:
            server.register("ada")
            smtp.wait_for(1)
    finally:
        assert worker.stop(signal.SIGHUP) == 0


async def test_what_a_worker_publishes_is_on_kept_pages_and_told(tmp_path: Path, database_url: str, redis: RedisServer):
    worker = await asyncio.to_thread(start, tmp_path, database_url, command=WORKER, TASKS="on", REDIS_URL=redis.url)
    try:
        async with serving(database_url, tasks="on", redis_url=redis.url) as app:
            ada, stranger = await accounts.user(app, "ada"), app.test_client()
            heard: list[Any] = []
            resources(app).bus.subscribe(lambda message: heard.append(message.document.get("type")), lambda: None)
            await posts.post(app, ada, "On time", state="scheduled", publish_at=now() + timedelta(seconds=3))
            assert "On time" not in await (await stranger.get("/")).get_data(as_text=True)
            await until(lambda: "post.created" in heard)
            assert "On time" in await (await stranger.get("/")).get_data(as_text=True)
    finally:
        assert await asyncio.to_thread(worker.stop) == 0
