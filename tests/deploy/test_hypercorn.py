from __future__ import annotations

import re
import tomllib

import pytest
from hypercorn.config import Config

from blogapp.infra import server
from tests.deploy.nginx import SITE
from tests.live import ROOT

TOML = ROOT / "hypercorn.toml"
NAMES = sorted(tomllib.loads(TOML.read_text()))


@pytest.fixture(scope="module")
def config() -> Config:
    return Config.from_toml(TOML)


@pytest.mark.parametrize("name", NAMES)
def test_hypercorn_knows_every_name(name: str) -> None:
    assert hasattr(Config(), name), f"Hypercorn ignores {name} without a word: it is misspelt or gone"


def test_the_stock_server_listens_on_loopback_in_one_process(config: Config) -> None:
    assert config.bind == ["127.0.0.1:8000"]
    assert config.workers == 0
    assert config.worker_class == "uvloop"


def test_the_stock_server_has_the_bounds_of_our_own(config: Config) -> None:
    assert config.keep_alive_timeout == server.KEEP_ALIVE
    assert config.h11_max_incomplete_size == server.INCOMPLETE_SIZE
    assert config.websocket_max_message_size == server.SOCKET_MESSAGE
    assert config.backlog == server.BACKLOG


def test_the_stock_server_stops_within_15_seconds(config: Config) -> None:
    assert config.graceful_timeout + config.shutdown_timeout <= 15


def test_the_stock_server_says_nothing_of_itself_and_logs_no_requests(config: Config) -> None:
    assert config.include_server_header is False
    assert config.accesslog is None
    assert config.alpn_protocols == ["http/1.1"]


def test_idle_connections_outlive_nginx(config: Config) -> None:
    upstream = SITE.read_text().partition("upstream blogapp {")[2].partition("\n}")[0]
    [seconds] = re.findall(r"keepalive_timeout (\d+)s;", upstream)
    assert int(seconds) < config.keep_alive_timeout
    assert int(seconds) < server.KEEP_ALIVE
