"""A scrape answers for all workers, whichever of them it reaches."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.crews import SOME, crew, serving
from tests.listening.listeners import Socket, Stream, close
from tests.live import Server, get
from tests.redis_server import RedisServer
from tests.waiting import wait_until

MANY = 40


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


def value(server: Server, name: str) -> float:
    reply = server.send(get("/metrics", "Connection: close"))
    assert reply.status == 200
    return sum(float(one) for one in re.findall(rf"^{re.escape(name)} (.+)$", reply.body.decode(), re.MULTILINE))


def test_a_scrape_answers_for_all_workers(database_url: str, tmp_path: Path, redis: RedisServer):
    requests = 'blogapp_http_requests_total{method="GET",route="/",status="200"}'
    with crew(tmp_path, database_url, redis.url, TMPDIR=str(tmp_path)) as server:
        for _ in range(MANY):
            assert server.send(get("/", "Connection: close")).status == 200
        assert {value(server, requests) for _ in range(10)} == {MANY}
        assert value(server, "blogapp_workers") == SOME
        assert value(server, "blogapp_page_cache_hits_total") + value(server, "blogapp_page_cache_misses_total") == MANY
        listeners = [Socket(server), Socket(server), Stream(server)]
        wait_until(lambda: value(server, "blogapp_live_connections") == len(listeners))
        for listener in listeners:
            close(listener)
        wait_until(lambda: value(server, "blogapp_live_connections") == 0)
        for pid in serving(server):
            before = serving(server)
            os.kill(pid, signal.SIGKILL)
            assert value(server, requests) == MANY
            wait_until(lambda before=before: len(serving(server) - before) == 1)
        server.process.send_signal(signal.SIGHUP)
        before = serving(server)
        wait_until(lambda: len(serving(server)) == SOME and not serving(server) & before)
        assert value(server, requests) == MANY
        assert value(server, "blogapp_workers") == SOME
        assert list(tmp_path.glob("blogapp-metrics-*"))
        assert server.stop() == 0
    assert not list(tmp_path.glob("blogapp-metrics-*"))
