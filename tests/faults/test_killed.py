"""kill -9 in the middle of writes: what was acknowledged is there, and every account is greeted."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.crews import SOME, crew, end, serving, workers
from tests.faults.conftest import Told
from tests.faults.load import CUT, Load, client
from tests.live import SERVE, Server, start, wait_until_ready
from tests.mail_server import MailServer
from tests.redis_server import RedisServer
from tests.waiting import wait_until

WORKER = ("-m", "blogapp", "worker")
EVERYBODY = ("register", "register", "publish", "publish", "read", "read")
WELL = {200, 201, 303}
only_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])
only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"])


@dataclass
class Blog:
    """Two web processes and two task workers."""

    server: Server
    tasks: list[Server]


@pytest.fixture
def settings(smtp: MailServer, redis: RedisServer) -> dict[str, str]:
    return {"TASKS": "on", "TASK_LEASE": "3", "TASK_WAIT": "0.2", "SMTP_URL": smtp.url, "REDIS_URL": redis.url}


@pytest.fixture
def blog(tmp_path: Path, database_url: str, settings: dict[str, str]) -> Iterator[Blog]:
    more = {name: value for name, value in settings.items() if name != "REDIS_URL"}
    with crew(tmp_path, database_url, settings["REDIS_URL"], **more) as server:
        tasks = [start(tmp_path, database_url, command=WORKER, **settings) for _ in range(2)]
        try:
            yield Blog(server, tasks)
        finally:
            for task in tasks:
                task.kill()


@contextmanager
def used(blog: Blog) -> Iterator[Load]:
    load = Load(partial(client, blog.server.port))
    with load.going_on(*EVERYBODY):
        load.wait_for_more()
        yield load


def greeted(smtp: MailServer, load: Load) -> str:
    """Once everybody is: how many letters came for how many accounts."""
    wanted = {f"{name}@example.org" for name in load.accounts}
    wait_until(lambda: wanted <= {letter["To"] for letter in smtp.letters})
    return f"{sum(letter['To'] in wanted for letter in smtp.letters)} for {len(wanted)}"


@only_postgresql
def test_one_process_after_the_other(
    blog: Blog,
    tmp_path: Path,
    database_url: str,
    settings: dict[str, str],
    smtp: MailServer,
    redis: RedisServer,
    told: Told,
):
    """A task worker dies in the middle of letters, Redis with the ids of tasks that it held."""
    with used(blog) as load:
        for _ in range(2):
            before = serving(blog.server)
            os.kill(min(before), signal.SIGKILL)
            load.wait_for_more()
            wait_until(lambda before=before: len(serving(blog.server) - before) == 1)
        load.wait_for_more()
    lost = load.lost(database_url)
    told("kill -9 of a server worker, twice", load, lost, mails=greeted(smtp, load))
    assert (lost, load.statuses - WELL - {CUT}) == ([], set())

    smtp.delay = 0.05
    with used(blog) as load:
        for index in (0, 1):
            blog.tasks[index].kill()
            load.wait_for_more()
            blog.tasks[index] = start(tmp_path, database_url, command=WORKER, **settings)
    lost = load.lost(database_url)
    told("kill -9 of both task workers, one after the other", load, lost, mails=greeted(smtp, load))
    assert (lost, load.statuses - WELL) == ([], set())

    with used(blog) as load:
        redis.kill()
        load.wait_for_more(20)
        redis.start()
        load.wait_for_more()
    lost = load.lost(database_url)
    told("kill -9 of Redis, which comes back empty", load, lost, mails=greeted(smtp, load))
    assert (lost, load.statuses - WELL) == ([], set())


@only_sqlite
def test_the_whole_server(
    blog: Blog, tmp_path: Path, database_url: str, settings: dict[str, str], smtp: MailServer, told: Told
):
    """Supervisor and workers at once."""
    command = (*SERVE, "--workers", str(SOME))
    with used(blog) as load:
        for pid in (blog.server.process.pid, *workers(blog.server)):
            os.kill(pid, signal.SIGKILL)
        blog.server.process.wait()
        again = start(tmp_path, database_url, command=command, port=blog.server.port, **settings)
        try:
            wait_until_ready(again)
            load.wait_for_more()
            mails = greeted(smtp, load)
        finally:
            left = workers(again)
            again.kill()
            for pid in left:
                end(pid)
    lost = load.lost(database_url)
    told("kill -9 of supervisor and workers at once, on SQLite", load, lost, mails=mails)
    assert (lost, load.statuses - WELL - {503, CUT}) == ([], set())
