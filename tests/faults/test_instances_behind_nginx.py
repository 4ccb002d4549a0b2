"""Two instances behind nginx, restarted one after the other while people read and write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.assets import STATIC
from tests.deploy.nginx import HOST, Proxy, proxy
from tests.faults.conftest import Told
from tests.faults.load import Load
from tests.live import PATIENCE, Server, free_port, start, wait_until_ready
from tests.redis_server import RedisServer

only_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"])


@pytest.fixture
def settings(redis: RedisServer) -> dict[str, str]:
    return {
        "BLOGAPP_ENV": "production",
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "127.0.0.1/32",
        "REDIS_URL": redis.url,
    }


@pytest.fixture
def instances(tmp_path: Path, database_url: str, settings: dict[str, str]) -> Iterator[list[Server]]:
    instances = [start(tmp_path, database_url, **settings) for _ in range(2)]
    try:
        for instance in instances:
            wait_until_ready(instance)
        yield instances
    finally:
        for instance in instances:
            instance.kill()


@pytest.fixture
def nginx(instances: list[Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    ports = [*(instance.port for instance in instances), free_port(), free_port()]
    with proxy(tmp_path_factory.mktemp("nginx"), ports, STATIC) as nginx:
        yield nginx


@only_postgresql
def test_restarted_one_after_the_other_they_fail_no_request(
    nginx: Proxy, instances: list[Server], tmp_path: Path, database_url: str, settings: dict[str, str], told: Told
):
    def connect() -> httpx.Client:
        client = nginx.client()
        client.timeout = httpx.Timeout(PATIENCE)
        return client

    load = Load(connect)
    with load.going_on("register", "publish", "publish", "publish", "read", "read"):
        load.wait_for_more()
        for index, instance in enumerate(instances):
            assert instance.stop() == 0
            load.wait_for_more()
            instances[index] = start(tmp_path, database_url, port=instance.port, **settings)
            wait_until_ready(instances[index])
            load.wait_for_more()
    lost = load.lost(database_url)
    told("two instances behind nginx restarted one after the other", load, lost)
    assert load.seen.keys() == {("register", 303), ("publish", 201), ("read", 200)}, load.seen
    assert lost == []
